package io.sluice.system.harness;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The command line of a Sluice broker that runs straight from the class path of the build. Classes in {@link #PATCH} of
 * its folder go before those, so that a broker may be of another version.
 */
final class SluiceLaunch {
    static final String PATCH = "patch";

    private SluiceLaunch() {}

    static List<String> command(BrokerSpec spec) {
        Map<String, String> all = new TreeMap<>(spec.settings());
        all.put("listeners", "PLAINTEXT://" + spec.bootstrap());
        all.put("log.dirs", spec.data().toString());
        Path file = spec.folder().resolve("sluice.properties");
        try {
            Files.writeString(
                    file,
                    all.entrySet().stream()
                            .map(e -> e.getKey() + "=" + e.getValue() + "\n")
                            .collect(Collectors.joining()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Path patch = spec.folder().resolve(PATCH);
        String classPath = Files.exists(patch) ? patch + File.pathSeparator + ClassPath.sluice() : ClassPath.sluice();
        return List.of(
                ClassPath.java(),
                "-Xmx" + spec.heap(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                classPath,
                "io.sluice.cli.Main",
                "server",
                "--config",
                file.toString());
    }
}
