package io.sluice.system.harness;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Class paths for forked JVMs, cut from the one that the tests run with. */
public final class ClassPath {
    private ClassPath() {}

    /** Everything: Kafka's broker, its tools and the newest clients. */
    public static String all() {
        return System.getProperty("java.class.path");
    }

    /** What a Sluice process has in production: no test classes, nothing of Kafka but the clients library. */
    public static String sluice() {
        return without(entry -> {
            String file = Path.of(entry).getFileName().toString();
            boolean kafkaServer = entry.contains("org/apache/kafka/") && !file.startsWith("kafka-clients");
            boolean tests = file.equals("test-classes") || file.endsWith("-tests.jar");
            boolean testLibrary = file.matches("(junit|assertj|jqwik|awaitility|archunit|scala|byte-buddy|log4j).*");
            return kafkaServer || tests || testLibrary;
        });
    }

    private static String without(Predicate<String> unwanted) {
        return Arrays.stream(all().split(File.pathSeparator))
                .filter(unwanted.negate())
                .collect(Collectors.joining(File.pathSeparator));
    }

    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The module's build folder, for what tests leave behind. */
    public static Path build() {
        return Path.of(System.getProperty("sluice.build", "target")).toAbsolutePath();
    }

    /** The project's root folder. */
    public static Path root() {
        return Path.of(System.getProperty("sluice.root", "../.."))
                .toAbsolutePath()
                .normalize();
    }
}
