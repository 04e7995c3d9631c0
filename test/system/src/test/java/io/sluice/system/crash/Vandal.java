package io.sluice.system.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Spoils, while the broker is down, the files of its data folder that are derived from the logs: indexes, checkpoints,
 * manifests, snapshots. Never the logs themselves, nor what says whose folder it is, nor the coordination store.
 */
final class Vandal {
    private final Path data;
    private final Random random;

    Vandal(Path data, Random random) {
        this.data = data;
        this.random = random;
    }

    /** Deletes, empties, cuts short or overwrites with noise about half of these files; returns what it did. */
    List<String> rage() throws IOException {
        List<String> deeds = new ArrayList<>();
        for (Path file : derivedFiles()) {
            int deed = random.nextInt(8);
            byte[] bytes = Files.readAllBytes(file);
            switch (deed) {
                case 0 -> Files.delete(file);
                case 1 -> Files.write(file, new byte[0]);
                case 2 -> Files.write(file, java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
                case 3 -> {
                    random.nextBytes(bytes);
                    Files.write(file, bytes);
                }
                default -> {
                    continue;
                }
            }
            deeds.add(List.of("deleted", "emptied", "cut", "scrambled").get(deed) + " " + data.relativize(file));
        }
        return deeds;
    }

    private List<Path> derivedFiles() throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> isDerived(data.relativize(file).toString()))
                    .toList();
        }
    }

    private static boolean isDerived(String name) {
        boolean kept = name.endsWith(".log")
                || name.endsWith(".lock")
                || name.endsWith("meta.properties")
                || name.endsWith("partition.metadata")
                || name.contains("zookeeper")
                || name.contains("__cluster_metadata");
        return !kept && name.matches(".*(index|checkpoint|manifest|clean-shutdown|snapshot|epochs?|watermarks?).*");
    }
}
