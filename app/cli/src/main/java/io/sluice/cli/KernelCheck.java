package io.sluice.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks at what Linux allows a process; on other systems there is nothing to see and so nothing to say. */
final class KernelCheck {
    private static final long OPEN_FILES_MIN = 4_096;
    private static final long OPEN_FILES_GOOD = 65_536;
    private static final long MAPS_GOOD = 65_530;
    private static final long FREE_MEMORY_MIN_BYTES = 1L << 30;
    private static final Pattern OPEN_FILES = Pattern.compile("Max open files\\s+(\\d+|unlimited)\\s+(\\d+|unlimited)");
    private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d+) kB");

    private final Path root;

    /** {@code root} is the folder that holds {@code proc} and {@code sys}. */
    KernelCheck(Path root) {
        this.root = root;
    }

    List<Finding> run() {
        List<Finding> findings = new ArrayList<>();
        read("proc/self/limits").flatMap(KernelCheck::openFiles).ifPresent(findings::add);
        read("proc/meminfo").flatMap(KernelCheck::memory).ifPresent(findings::add);
        read("proc/sys/vm/max_map_count").map(KernelCheck::maps).ifPresent(findings::add);
        read("sys/kernel/mm/transparent_hugepage/enabled")
                .map(KernelCheck::hugePages)
                .ifPresent(findings::add);
        read("sys/devices/system/clocksource/clocksource0/current_clocksource")
                .map(KernelCheck::clockSource)
                .ifPresent(findings::add);
        return findings;
    }

    private static Optional<Finding> openFiles(String limits) {
        Matcher line = OPEN_FILES.matcher(limits);
        if (!line.find()) {
            return Optional.empty();
        }
        // The JVM raises its soft limit to the hard one.
        long hard = line.group(2).equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(line.group(2));
        if (hard >= OPEN_FILES_GOOD) {
            return Optional.of(Finding.ok("open files", "limit " + Human.count(hard)));
        }
        String text = "limit " + Human.count(hard) + ": connections and partitions need one each";
        String advice = "ulimit -n 100000, or LimitNOFILE=100000 for systemd";
        return Optional.of(
                hard < OPEN_FILES_MIN
                        ? Finding.fail("open files", text, advice)
                        : Finding.warn("open files", text, advice));
    }

    private static Optional<Finding> memory(String meminfo) {
        Matcher line = AVAILABLE.matcher(meminfo);
        if (!line.find()) {
            return Optional.empty();
        }
        long bytes = Long.parseLong(line.group(1)) * 1024;
        String text = Human.bytes(bytes) + " available";
        return Optional.of(
                bytes >= FREE_MEMORY_MIN_BYTES
                        ? Finding.ok("memory", text)
                        : Finding.warn(
                                "memory", text, "a server takes up to 512 MiB of heap; SLUICE_HEAP=256m takes less"));
    }

    private static Finding maps(String count) {
        long maps = number(count);
        return maps >= MAPS_GOOD
                ? Finding.ok("memory maps", "vm.max_map_count " + Human.count(maps))
                : Finding.warn(
                        "memory maps", "vm.max_map_count " + Human.count(maps), "sysctl -w vm.max_map_count=262144");
    }

    private static Finding hugePages(String choice) {
        return choice.contains("[always]")
                ? Finding.warn(
                        "huge pages",
                        "transparent huge pages are always on: a process looks and grows larger than it is",
                        "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled")
                : Finding.ok("huge pages", choice.contains("[never]") ? "never" : "only where asked for");
    }

    private static Finding clockSource(String source) {
        boolean slow = source.equals("hpet") || source.equals("acpi_pm");
        return slow
                ? Finding.warn(
                        "clock", source + " is slow to read", "boot with clocksource=tsc where the machine allows it")
                : Finding.ok("clock", source);
    }

    private static long number(String text) {
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
    }

    private Optional<String> read(String file) {
        // One read must get it all: files below /proc/sys answer a second one with their end.
        byte[] buffer = new byte[16 * 1024];
        try (InputStream in = Files.newInputStream(root.resolve(file))) {
            int length = Math.max(0, in.read(buffer));
            return Optional.of(new String(buffer, 0, length, StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            return Optional.empty(); // not Linux, or a container that hides it
        }
    }
}
