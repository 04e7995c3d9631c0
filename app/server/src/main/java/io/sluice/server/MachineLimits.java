package io.sluice.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What this process can carry, whatever its settings allow. Half of the file descriptors are for segment files, half for
 * connections: a log that cannot open its next segment is worse than a client that is refused.
 */
final class MachineLimits {
    /** What a connection with a request under way takes, heap and buffers. */
    private static final long HEAP_BYTES_EACH = 16 * 1024;

    private static final int PART_FOR_GROUPS = 5;
    /** With what is for clients' requests and their answers this stays below the limit of direct memory. */
    private static final int PART_FOR_PEERS = 4;

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String OPEN_FILES = "Max open files";

    private MachineLimits() {}

    /** How many connections fit the heap and the descriptors. */
    static int connections() {
        long fitTheHeap = Runtime.getRuntime().maxMemory() / HEAP_BYTES_EACH;
        return atLeastOne(Math.min(fitTheHeap, openFiles(limits()) / 2));
    }

    /** How many segment files may be open at once. */
    static int segmentFiles() {
        return atLeastOne(openFiles(limits()) / 2);
    }

    /** What all groups together may take of the heap; a rebalance of the largest takes copies of it besides. */
    static long groupBytes() {
        return Runtime.getRuntime().maxMemory() / PART_FOR_GROUPS;
    }

    /** What answers of other brokers that are on their way may take: of replication, and images of the cluster. */
    static long peerAnswerBytes() {
        return Runtime.getRuntime().maxMemory() / PART_FOR_PEERS;
    }

    private static int atLeastOne(long count) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, count));
    }

    private static String limits() {
        try {
            return Files.readString(LIMITS);
        } catch (IOException e) {
            return ""; // not Linux: descriptors are taken to be plenty
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
