package io.sluice.system.harness;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program run to its end. */
public final class Command {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private Command() {}

    /**
     * What a program left behind.
     *
     * @param status its exit status
     * @param output all that it printed, errors included
     */
    public record Outcome(int status, String output) {
        /** The output of a program that ended well; fails with it otherwise. */
        public String ok() {
            if (status != 0) {
                throw new AssertionError("status " + status + ":\n" + output);
            }
            return output;
        }
    }

    /** Runs a class with a main method, with Kafka's tools on the class path. */
    public static Outcome java(String mainClass, String... arguments) {
        return javaWithInput("", mainClass, arguments);
    }

    public static Outcome javaWithInput(String input, String mainClass, String... arguments) {
        List<String> words = new ArrayList<>(List.of(
                ClassPath.java(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                ClassPath.all(),
                mainClass));
        words.addAll(List.of(arguments));
        return run(input, words);
    }

    /** Runs a program with these words, gives it {@code input} to read and waits for its end. */
    public static Outcome run(String input, List<String> words) {
        try {
            Path output = Files.createTempFile("sluice-command", ".log");
            try {
                Process process = new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                try (OutputStream stdin = process.getOutputStream()) {
                    stdin.write(input.getBytes(StandardCharsets.UTF_8));
                } catch (IOException endedWithoutReading) {
                    // Its exit status tells what happened.
                }
                boolean ended = process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
                if (!ended) {
                    process.destroyForcibly().waitFor();
                    throw new AssertionError(words.get(0) + " does not end:\n" + Files.readString(output));
                }
                return new Outcome(process.exitValue(), Files.readString(output));
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Whether there is a program of this name. */
    public static boolean installed(String program) {
        return run("", List.of("sh", "-c", "command -v " + program)).status() == 0;
    }
}
