package io.sluice.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the JVM starts: runs the command line and turns its outcome into the exit code. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        silenceLibraries(args);
        PrintWriter out = utf8(FileDescriptor.out);
        PrintWriter err = utf8(FileDescriptor.err);
        int status = SluiceCommand.commandLine(out, err, args).execute(args);
        out.flush();
        err.flush();
        System.exit(status);
    }

    /**
     * Client commands say what went wrong themselves, in a line; what the Kafka client logs beside that would only hide
     * it. Naming the provider also spares them the start of a logging system.
     */
    private static void silenceLibraries(String[] args) {
        List<String> words = List.of(args);
        boolean keepsLog = words.contains("server") || words.contains("train") || words.contains("--verbose");
        if (!keepsLog && System.getProperty("slf4j.provider") == null) {
            System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
            System.setProperty("slf4j.internal.verbosity", "ERROR");
        }
        if (words.contains("--verbose") && System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "io/sluice/cli/logback-verbose.xml");
        }
    }

    private static PrintWriter utf8(FileDescriptor descriptor) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8), false);
    }
}
