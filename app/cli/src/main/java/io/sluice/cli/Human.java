package io.sluice.cli;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them. A negative number stands for one that is not known and shows as a dash. */
final class Human {
    private static final String[] BYTE_UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final String UNKNOWN = "-";

    private Human() {}

    /** A count with its thousands set apart: {@code 1,234,567}. */
    static String count(long number) {
        return number < 0 ? UNKNOWN : String.format(Locale.ROOT, "%,d", number);
    }

    /** A size in powers of 1024 with three digits: {@code 12.3 MiB}. */
    static String bytes(long bytes) {
        if (bytes < 0) {
            return UNKNOWN;
        }
        int unit = 0;
        double amount = bytes;
        // 999.5 would print as 1000: the next unit up is the shorter way to say it.
        while (amount >= 999.5 && unit < BYTE_UNITS.length - 1) {
            amount /= 1024;
            unit++;
        }
        String digits = unit == 0 || amount >= 99.95 ? "%.0f" : amount >= 9.995 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, digits, amount) + " " + BYTE_UNITS[unit];
    }

    /** A duration in its largest whole unit where that is exact, else in its two largest: {@code 7 d}, {@code 1 h 30 min}. */
    static String duration(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1000) {
            return millis + " ms";
        }
        String[] names = {"d", "h", "min", "s"};
        long[] sizes = {86_400_000, 3_600_000, 60_000, 1_000};
        for (int i = 0; i < sizes.length; i++) {
            if (millis >= sizes[i]) {
                String first = count(millis / sizes[i]) + " " + names[i];
                long rest = i + 1 < sizes.length ? millis % sizes[i] / sizes[i + 1] : 0;
                return rest == 0 ? first : first + " " + rest + " " + names[i + 1];
            }
        }
        throw new IllegalStateException("a second or more is at least one second: " + millis);
    }
}
