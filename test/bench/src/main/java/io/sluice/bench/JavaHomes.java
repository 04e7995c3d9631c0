package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/** Finds the JDK that both brokers run on: the newest installed one, as the {@code sluice} launcher does. */
final class JavaHomes {
    private static final List<Path> PLACES = List.of(Path.of("/usr/lib/jvm"), Path.of("/opt/java"), Path.of("/opt"));

    private JavaHomes() {}

    static Path newest() {
        return PLACES.stream()
                .flatMap(JavaHomes::children)
                .filter(home -> Files.isExecutable(home.resolve("bin/java")) && Files.exists(home.resolve("release")))
                .max(Comparator.comparingInt(JavaHomes::feature))
                .filter(home -> feature(home) >= Runtime.version().feature())
                .orElse(Path.of(System.getProperty("java.home")));
    }

    /** The version string of the JDK in {@code home}, for example {@code 25.0.1}. */
    static String version(Path home) {
        Properties release = new Properties();
        try (var reader = Files.newBufferedReader(home.resolve("release"))) {
            release.load(reader);
        } catch (IOException unreadable) {
            return "0";
        }
        return release.getProperty("JAVA_VERSION", "0").replace("\"", "");
    }

    private static int feature(Path home) {
        return Integer.parseInt(version(home).replaceAll("[^0-9].*", ""));
    }

    private static Stream<Path> children(Path place) {
        try (Stream<Path> list = Files.isDirectory(place) ? Files.list(place) : Stream.empty()) {
            return list.toList().stream();
        } catch (IOException unreadable) {
            return Stream.empty();
        }
    }
}
