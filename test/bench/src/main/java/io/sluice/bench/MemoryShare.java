package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a process takes of the machine's memory: its resident set with each page divided by the number of processes that
 * map it ({@code Pss} of {@code /proc/<pid>/smaps_rollup}). Of several processes that share files, such as brokers that
 * run the same JVM, the sum is what the machine gives; their resident sets count a shared page once for each.
 *
 * <p>Reading it makes the kernel go through all pages of the process, so it is no part of {@link ProcessUsage}, which is
 * read while a broker works.
 */
record MemoryShare(long bytes) {
    static MemoryShare of(long pid) throws IOException {
        return parse(Files.readString(Path.of("/proc", Long.toString(pid), "smaps_rollup")));
    }

    static MemoryShare parse(String rollup) {
        return rollup.lines()
                .filter(line -> line.startsWith("Pss:"))
                .map(line -> new MemoryShare(Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024))
                .findFirst()
                .orElseThrow(() -> new BenchException("the kernel tells no Pss:\n" + rollup));
    }

    MemoryShare plus(MemoryShare other) {
        return new MemoryShare(bytes + other.bytes);
    }

    double mebibytes() {
        return bytes / 1024.0 / 1024.0;
    }
}
