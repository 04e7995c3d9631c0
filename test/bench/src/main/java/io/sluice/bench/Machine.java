package io.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Where and when a comparison ran: without it figures mean nothing. */
record Machine(String date, String cpu, int cores, String memory, String kernel, String jdk, String heap) {
    static Machine here(Path javaHome, String heap) throws IOException {
        String date = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT)
                .format(Instant.now().atOffset(ZoneOffset.UTC));
        return new Machine(
                date,
                fieldOf("/proc/cpuinfo", "model name"),
                Runtime.getRuntime().availableProcessors(),
                gibibytes(fieldOf("/proc/meminfo", "MemTotal")),
                System.getProperty("os.name") + " "
                        + Files.readString(Path.of("/proc/sys/kernel/osrelease"))
                                .trim(),
                JavaHomes.version(javaHome),
                heap);
    }

    private static String fieldOf(String file, String field) throws IOException {
        try (var lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(field))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElse("unknown");
        }
    }

    private static String gibibytes(String meminfo) {
        double kib = Double.parseDouble(meminfo.replaceAll("[^0-9]", ""));
        return String.format(Locale.ROOT, "%.1f GiB", kib / 1024 / 1024);
    }

    String line() {
        return date + ", " + cpu + ", " + cores + " cores, " + memory + " memory, " + kernel + ", JDK " + jdk
                + ", broker heap limit " + heap;
    }
}
