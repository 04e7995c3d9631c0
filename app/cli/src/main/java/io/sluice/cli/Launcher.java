package io.sluice.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the {@code ./sluice} script tells the JVM that it starts. */
final class Launcher {
    private Launcher() {}

    /** How the user called the script, so that advice can be typed back as it stands. */
    static String command() {
        return System.getProperty("sluice.command", "./sluice");
    }

    /** A process that runs {@code sluice} with these words as this JVM was: by the script, or else without it. */
    static ProcessBuilder process(List<String> words, String heap) {
        String script = System.getProperty("sluice.command");
        List<String> command = new ArrayList<>();
        if (script != null) {
            command.addAll(List.of("sh", script));
        } else {
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            command.addAll(List.of(java, "-Xmx" + heap, "-cp", System.getProperty("java.class.path")));
            command.add(Main.class.getName());
        }
        command.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("SLUICE_HEAP", heap);
        builder.environment().put("SLUICE_BUILD", "never"); // that was done for this JVM
        return builder;
    }

    /** True when standard input is a terminal. */
    static boolean inIsTerminal() {
        return Boolean.getBoolean("sluice.in.tty");
    }

    /** True when standard output is a terminal. */
    static boolean outIsTerminal() {
        return Boolean.getBoolean("sluice.out.tty");
    }

    /** True when standard error is a terminal, so that progress may be drawn there. */
    static boolean errIsTerminal() {
        return Boolean.getBoolean("sluice.err.tty");
    }
}
