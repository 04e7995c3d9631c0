package io.sluice.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sluice doctor}: looks for what would keep a broker from working well here. */
@Command(
        name = "doctor",
        description = "Check this machine: JDK, limits, port, disk and data folder.",
        footer = {"", "Exit code 0: nothing failed. 1: something would keep a broker from working."})
final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HelpOption help = new HelpOption();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "data",
            description = "The data folder to look at (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of("data");

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9092",
            description = "The address to listen on (default: ${DEFAULT-VALUE}).")
    private String listen = "127.0.0.1:9092";

    @Override
    public Integer call() {
        List<Finding> findings = new ArrayList<>(new JvmCheck().run());
        findings.addAll(new KernelCheck(Path.of("/")).run());
        findings.addAll(listenCheck().run());
        findings.addAll(new DataFolderCheck(data).run());
        PrintWriter out = spec.commandLine().getOut();
        if (output.json()) {
            Json.print(out, findings);
        } else {
            print(findings, out);
        }
        return count(findings, Finding.Level.FAIL) == 0 ? 0 : 1;
    }

    private ListenCheck listenCheck() {
        int colon = listen.lastIndexOf(':');
        String port = listen.substring(colon + 1);
        if (colon <= 0 || !port.matches("\\d{1,5}") || Integer.parseInt(port) > 65_535) {
            throw new ParameterException(
                    spec.commandLine(), "--listen takes host:port, such as 127.0.0.1:9092, not \"" + listen + "\"");
        }
        return new ListenCheck(listen.substring(0, colon), Integer.parseInt(port));
    }

    private static void print(List<Finding> findings, PrintWriter out) {
        for (Finding finding : findings) {
            String level = finding.level().name().toLowerCase(Locale.ROOT);
            out.printf("%-4s  %-13s  %s%n", level, finding.subject(), finding.text());
            if (!finding.advice().isEmpty()) {
                out.printf("      %-13s  → %s%n", "", finding.advice());
            }
        }
        long fails = count(findings, Finding.Level.FAIL);
        long warnings = count(findings, Finding.Level.WARN);
        out.println();
        out.println(
                fails + warnings == 0
                        ? "All is well."
                        : counted(fails, "failure") + ", " + counted(warnings, "warning") + ".");
    }

    private static String counted(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private static long count(List<Finding> findings, Finding.Level level) {
        return findings.stream().filter(finding -> finding.level() == level).count();
    }
}
