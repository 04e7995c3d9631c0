package io.sluice.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice bench compare}: the same work against Sluice and a peer, alternating, median over the rounds. */
@Command(
        name = "compare",
        description =
                "Runs the same work against Sluice and a peer broker on loopback, in turn, and prints the ratios.")
final class CompareCommand implements Callable<Integer> {
    @Mixin
    private final HelpOption help = new HelpOption();

    private static final String KAFKA_VERSION = "4.3.1";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--peer",
            paramLabel = "NAME",
            description = "The broker to compare with: kafka (fetched from Maven Central).",
            defaultValue = "kafka")
    private String peer = "kafka";

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How often each side has its turn (default: ${DEFAULT-VALUE}).",
            defaultValue = "5")
    private int rounds;

    @Option(
            names = "--workloads",
            paramLabel = "ID",
            split = ",",
            description = "Only these, e.g. w1,w3 on one broker a side, or r1,r3 on three"
                    + " (default: all on one broker, w1 to w8).")
    private List<String> only = List.of();

    @Option(
            names = "--cluster",
            description = "Three brokers a side: all workloads on a cluster, r1 to r6, instead of those on one broker.")
    private boolean cluster;

    @Option(names = "--quick", description = "Little work and one round: to see that everything runs, not for figures.")
    private boolean quick;

    @Option(names = "--self-check", description = "Kafka on both sides: every ratio should be about 1.")
    private boolean selfCheck;

    @Option(names = "--alone", description = "Leave the peer out: for a quick look, or a profile, of Sluice.")
    private boolean alone;

    @Option(
            names = "--client",
            paramLabel = "KIND",
            description = "Load generator for w1: lean or java (default: lean).",
            defaultValue = "LEAN")
    private Clients.Kind client = Clients.Kind.LEAN;

    @Option(
            names = "--produce-version",
            paramLabel = "N",
            description = "Produce version of the lean client, 9 to 13 (default: ${DEFAULT-VALUE}).",
            defaultValue = "13")
    private short produceVersion;

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            description = "Heap limit of both brokers (default: ${DEFAULT-VALUE}).",
            defaultValue = "512m")
    private String heap = "512m";

    @Option(
            names = "--java-home",
            paramLabel = "DIR",
            description = "The JDK for both brokers (default: the newest one found).")
    private @Nullable Path javaHome;

    @Option(
            names = "--sluice",
            paramLabel = "COMMAND",
            split = " ",
            description = "How to start Sluice, up to and without 'server' (default: the clone's ./sluice).")
    private List<String> launcher = List.of();

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where temporary data goes (default: the system's temporary folder).")
    private @Nullable Path dataDir;

    @Option(
            names = "--profile",
            paramLabel = "EVENT",
            arity = "0..1",
            fallbackValue = "cpu",
            description = "Profile each measured window with async-profiler: cpu (default), alloc, wall, lock.")
    private @Nullable String profile;

    @Option(
            names = "--profile-dir",
            paramLabel = "DIR",
            description = "Where profiles go (default: ${DEFAULT-VALUE}).",
            defaultValue = "target/profiles")
    private Path profileDir = Path.of("target/profiles");

    @Option(
            names = "--markdown",
            paramLabel = "FILE",
            description = "Also write the result to this file, e.g. docs/benchmarks.md.")
    private @Nullable Path markdown;

    @Option(names = "--json", description = "Print the result as JSON, with every round's values.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Progress progress = new Progress(spec.commandLine().getErr());
        if (!peer.equals("kafka")) {
            throw new BenchException("unknown peer '" + peer + "': there is kafka");
        }
        Path home = javaHome != null ? javaHome : JavaHomes.newest();
        Scores scores = new Scores();
        List<Workload> workloads = workloads();
        try (Workspace workspace = Workspace.under(dataDir != null ? dataDir : tempFolder())) {
            Optional<Profiler> profiler =
                    profile == null ? Optional.empty() : Optional.of(Profiler.fetch(profileDir, profile, progress));
            Turn.Setup setup = new Turn.Setup(
                    workspace,
                    quick ? Scale.quick() : Scale.full(),
                    new Clients(client, produceVersion),
                    scores,
                    progress,
                    profiler);
            Comparison.Pair pair = pair(home, progress);
            progress.say("data in " + (dataDir != null ? dataDir : tempFolder()) + ", JDK " + JavaHomes.version(home));
            try {
                new Comparison(setup, pair, workloads).run(turns(), alone);
            } catch (Exception failed) {
                if (!scores.rows().isEmpty()) {
                    progress.say("stopped early; what was measured until then:");
                    print(report(pair, home, workloads, scores));
                }
                throw failed;
            }
            Report report = report(pair, home, workloads, scores);
            print(report);
            if (markdown != null) {
                Files.writeString(markdown, report.markdown());
            }
        }
        return 0;
    }

    private int turns() {
        return quick ? 1 : rounds;
    }

    private Report report(Comparison.Pair pair, Path home, List<Workload> workloads, Scores scores) throws IOException {
        return new Report(
                Machine.here(home, heap),
                pair.subject().name(),
                pair.peer().name(),
                turns(),
                commandLine(),
                workloads,
                scores.rows());
    }

    private void print(Report report) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? Json.of(report) : report.plain());
        out.flush();
    }

    private List<Workload> workloads() {
        List<Workload> named = Workloads.named(only);
        if (cluster) {
            named.stream()
                    .filter(workload -> workload.brokers() == 1)
                    .findFirst()
                    .ifPresent(workload -> {
                        throw new BenchException(workload.id() + " runs on one broker: leave out --cluster");
                    });
        }
        return only.isEmpty() ? Workloads.all(cluster) : named;
    }

    private Comparison.Pair pair(Path home, Progress progress) throws Exception {
        List<String> options = profile == null ? List.of() : Profiler.JVM_OPTIONS;
        BrokerJvm jvm = new BrokerJvm(heap, options);
        Path lib = KafkaPeer.artifacts(KAFKA_VERSION).folder(progress);
        Peer kafka = new KafkaPeer(lib, home, jvm, "Kafka " + KAFKA_VERSION);
        Peer subject = selfCheck
                ? new KafkaPeer(lib, home, jvm, "Kafka (again)")
                : new SluicePeer(launcher.isEmpty() ? defaultLauncher() : launcher, home, jvm);
        return new Comparison.Pair(subject, kafka);
    }

    private static List<String> defaultLauncher() {
        return Clone.launcher()
                .map(script -> List.of(script.toString()))
                .orElseThrow(() -> new BenchException(
                        "run this from a clone of the repository, or say with --sluice how to start the broker"));
    }

    private String commandLine() {
        List<String> words = new ArrayList<>(List.of("./sluice bench compare --peer", peer));
        words.addAll(quick ? List.of("--quick") : List.of("--rounds", Integer.toString(rounds)));
        if (cluster) {
            words.add("--cluster");
        }
        if (!only.isEmpty()) {
            words.addAll(List.of("--workloads", String.join(",", only)));
        }
        return String.join(" ", words);
    }

    private static Path tempFolder() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }
}
