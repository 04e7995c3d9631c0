package io.sluice.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many connections this process can carry, whatever it is allowed to. */
final class ConnectionRoom {
    /** What a connection with a request under way takes, heap and buffers. */
    private static final long HEAP_BYTES_EACH = 16 * 1024;

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String OPEN_FILES = "Max open files";

    private ConnectionRoom() {}

    /**
     * As many as fit the heap, and no more than half of the file descriptors: a log that cannot open its next segment is
     * worse than a client that is refused.
     */
    static int connections() {
        long fitTheHeap = Runtime.getRuntime().maxMemory() / HEAP_BYTES_EACH;
        return (int) Math.min(Integer.MAX_VALUE, Math.max(1, Math.min(fitTheHeap, openFiles(limits()) / 2)));
    }

    private static String limits() {
        try {
            return Files.readString(LIMITS);
        } catch (IOException e) {
            return ""; // not Linux: only the heap counts
        }
    }

    /** The limit in force, after the JVM has raised it to what is allowed. */
    static long openFiles(String limits) {
        return limits.lines()
                .filter(line -> line.startsWith(OPEN_FILES))
                .map(line -> line.substring(OPEN_FILES.length()).trim().split("\\s+")[0])
                .filter(soft -> soft.chars().allMatch(Character::isDigit))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(Long.MAX_VALUE);
    }
}
