package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Sluice, started the way a user starts it: {@code ./sluice server} with a settings file. */
final class SluicePeer implements Peer {
    private final List<String> launcher;
    private final BrokerJvm jvm;

    /** @param launcher the program and its first arguments, up to and without {@code server} */
    SluicePeer(List<String> launcher, BrokerJvm jvm) {
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
        List<String> options = new ArrayList<>(jvm.extraOptions());
        options.add("-Xmx" + jvm.heap());
        return new Installation(name(), folder, port, command, options);
    }
}
