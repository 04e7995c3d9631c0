package io.sluice.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The clone of the repository that this program runs from, if it runs from one. */
final class Clone {
    /** Set by the launcher script; without it the working directory and its parents are searched. */
    private static final String HOME_PROPERTY = "sluice.home";

    private Clone() {}

    static Optional<Path> root() {
        String home = System.getProperty(HOME_PROPERTY);
        if (home != null) {
            return Optional.of(Path.of(home));
        }
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null) {
            if (Files.exists(folder.resolve("pom.xml")) && Files.isDirectory(folder.resolve("core/base"))) {
                return Optional.of(folder);
            }
            folder = folder.getParent();
        }
        return Optional.empty();
    }
}
