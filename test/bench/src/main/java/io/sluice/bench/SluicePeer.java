package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Sluice, started the way a user starts it: {@code ./sluice server} with a settings file. */
final class SluicePeer implements Peer {
    private final List<String> launcher;
    private final Path javaHome;
    private final BrokerJvm jvm;

    /** @param launcher the program and its first arguments, up to and without {@code server} */
    SluicePeer(List<String> launcher, Path javaHome, BrokerJvm jvm) {
        this.javaHome = javaHome;
        this.launcher = List.copyOf(launcher);
        this.jvm = jvm;
    }

    @Override
    public String name() {
        return "Sluice";
    }

    @Override
    public Installation install(Path folder) throws IOException {
        int port = Ports.free(1)[0];
        Path settings = Files.write(
                folder.resolve("server.properties"),
                List.of(
                        "node.id=1",
                        "listeners=PLAINTEXT://127.0.0.1:" + port,
                        "log.dirs=" + folder.resolve("data"),
                        "num.partitions=1"));
        List<String> command = new ArrayList<>(launcher);
        command.addAll(List.of("server", "--config", settings.toString()));
        return new Installation(name(), folder, port, command, environment());
    }

    /** What the launcher script takes from outside; SLUICE_BUILD keeps a build out of the measurement. */
    private Map<String, String> environment() {
        return Map.of(
                "SLUICE_JAVA_HOME", javaHome.toString(),
                "SLUICE_HEAP", jvm.heap(),
                "SLUICE_OPTS", String.join(" ", jvm.extraOptions()),
                "SLUICE_BUILD", "never");
    }
}
