package io.sluice.system.harness;

import java.util.ArrayList;
import java.util.List;

/** The command line of a Sluice broker that runs straight from the class path of the build. */
final class SluiceLaunch {
    private SluiceLaunch() {}

    static List<String> command(BrokerSpec spec) {
        List<String> command = new ArrayList<>(List.of(
                ClassPath.java(),
                "-Xmx" + spec.heap(),
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                ClassPath.sluice(),
                "io.sluice.cli.Main",
                "server",
                "--set",
                "listeners=PLAINTEXT://127.0.0.1:" + spec.port(),
                "--set",
                "log.dirs=" + spec.data()));
        spec.settings().forEach((name, value) -> {
            command.add("--set");
            command.add(name + "=" + value);
        });
        return command;
    }
}
