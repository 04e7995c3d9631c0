package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the kernel has charged to one process so far: user and system time of all its threads, living and gone, from
 * {@code /proc/<pid>/stat} (fields 14 and 15, clock ticks of 10 ms), and its resident set ({@code VmRSS}).
 */
record ProcessUsage(double cpuSeconds, long residentBytes) {
    private static final double TICKS_PER_SECOND = 100.0;

    static ProcessUsage of(long pid) throws IOException {
        Path folder = Path.of("/proc", Long.toString(pid));
        return parse(Files.readString(folder.resolve("stat")), Files.readString(folder.resolve("status")));
    }

    ProcessUsage plus(ProcessUsage other) {
        return new ProcessUsage(cpuSeconds + other.cpuSeconds, residentBytes + other.residentBytes);
    }

    double residentMebibytes() {
        return residentBytes / 1024.0 / 1024.0;
    }

    static ProcessUsage parse(String stat, String status) {
        // The command name stands in parentheses and may itself hold spaces and parentheses: count from the last one.
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = Long.parseLong(afterName[11]) + Long.parseLong(afterName[12]);
        long residentKib = status.lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0);
        return new ProcessUsage(ticks / TICKS_PER_SECOND, residentKib * 1024);
    }
}
