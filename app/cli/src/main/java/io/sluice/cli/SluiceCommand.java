package io.sluice.cli;

import io.sluice.bench.BenchCommand;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of the command line: {@code sluice} alone prints a help that fits a screen. */
@Command(
        name = "sluice",
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        header = "Sluice: one message broker that every Kafka client can use.%n",
        footer = {
            "",
            "Two minutes:",
            "  ./sluice server                             starts a broker on 127.0.0.1:9092",
            "  ./sluice topic create orders -p 3",
            "  seq 1000 | ./sluice produce orders",
            "  ./sluice consume orders -n 5",
            "",
            "./sluice COMMAND --help says more; --bootstrap HOST:PORT or SLUICE_BOOTSTRAP names another broker."
        })
final class SluiceCommand implements Runnable {
    private static final List<Class<?>> SUBCOMMANDS = List.of(
            ServerCommand.class,
            ClusterCommand.class,
            BrokerCommand.class,
            TopicCommand.class,
            ProduceCommand.class,
            ConsumeCommand.class,
            GroupCommand.class,
            BenchCommand.class,
            DoctorCommand.class,
            CompletionCommand.class,
            TrainCommand.class,
            TrainClientsCommand.class);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HelpOption help = new HelpOption();

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    private boolean version;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show the client's log and the stack trace of an error.")
    private boolean verbose;

    /** The whole command line, writing to the given streams; it never ends the JVM. */
    static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        return commandLine(out, err, SUBCOMMANDS);
    }

    /**
     * The command line as far as {@code args} need it. To learn all commands with their options by reflection takes
     * longer than all else that a server does before it is ready, so when the first word names one, only that is learned.
     */
    static CommandLine commandLine(PrintWriter out, PrintWriter err, String... args) {
        List<Class<?>> named = SUBCOMMANDS.stream()
                .filter(type -> args.length > 0
                        && !type.equals(CompletionCommand.class) // which is about all the others
                        && type.getAnnotation(Command.class).name().equals(args[0]))
                .toList();
        return commandLine(out, err, named.isEmpty() ? SUBCOMMANDS : named);
    }

    private static CommandLine commandLine(PrintWriter out, PrintWriter err, List<Class<?>> subcommands) {
        SluiceCommand root = new SluiceCommand();
        ErrorPrinter errors = new ErrorPrinter(err, () -> root.verbose);
        CommandLine commandLine = new CommandLine(root);
        subcommands.forEach(commandLine::addSubcommand);
        commandLine
                .setOut(out)
                .setErr(err)
                .setUsageHelpWidth(100)
                .setUsageHelpAutoWidth(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setAbbreviatedOptionsAllowed(false)
                .setExecutionExceptionHandler(errors)
                .setParameterExceptionHandler(errors);
        shortenSynopsis(commandLine);
        return commandLine;
    }

    /** The list of options follows anyway: the usage line need not repeat it. */
    private static void shortenSynopsis(CommandLine commandLine) {
        commandLine.getCommandSpec().usageMessage().abbreviateSynopsis(true);
        commandLine.getSubcommands().values().forEach(SluiceCommand::shortenSynopsis);
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
