package io.sluice.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The clone of the repository that this program runs from, if it runs from one. */
final class Clone {
    /** Set by the launcher script: how it was called. */
    private static final String COMMAND_PROPERTY = "sluice.command";

    private Clone() {}

    /** The {@code sluice} script. */
    static Optional<Path> launcher() {
        return root().map(root -> root.resolve("sluice")).filter(Files::isExecutable);
    }

    /** Where the launcher script lies; without it the working directory and its parents are searched. */
    static Optional<Path> root() {
        String command = System.getProperty(COMMAND_PROPERTY);
        Path folder = command != null
                ? Path.of(command).toAbsolutePath().getParent()
                : Path.of("").toAbsolutePath();
        while (folder != null) {
            if (Files.exists(folder.resolve("pom.xml")) && Files.isDirectory(folder.resolve("core/base"))) {
                return Optional.of(folder);
            }
            folder = folder.getParent();
        }
        return Optional.empty();
    }
}
