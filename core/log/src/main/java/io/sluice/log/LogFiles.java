package io.sluice.log;

import java.util.Locale;
import java.util.OptionalLong;

/**
 * Names of the files in a partition's folder.
 *
 * <pre>
 * 00000000000000012345.log        batches from offset 12345 on
 * 00000000000000012345.index      its sparse index: a cache
 * 00000000000000012345.snapshot   state of the idempotent producers before offset 12345
 * quarantine                      why the log is not served ({@link QuarantineNote})
 * *.deleted                       removed, but perhaps still being read: unlinked later, or at boot
 * *.cleaned                       a compaction that did not finish: deleted at boot
 * *.swap                          a finished compaction that has not taken its place: completed at boot
 * *.tmp                           a small file that was not written whole: deleted at boot
 * </pre>
 */
final class LogFiles {
    static final String SEGMENT = ".log";
    static final String INDEX = ".index";
    static final String SNAPSHOT = ".snapshot";
    static final String DELETED = ".deleted";
    static final String CLEANED = ".cleaned";
    static final String SWAP = ".swap";
    static final String TEMPORARY = ".tmp";

    private static final int DIGITS = 20;

    private LogFiles() {}

    static String segment(long base) {
        return padded(base) + SEGMENT;
    }

    static String index(long base) {
        return padded(base) + INDEX;
    }

    static String snapshot(long offset) {
        return padded(offset) + SNAPSHOT;
    }

    /** The offset in a name such as {@code 00000000000000000000.log}; empty when the name is another. */
    static OptionalLong offset(String name, String suffix) {
        if (name.length() != DIGITS + suffix.length() || !name.endsWith(suffix)) {
            return OptionalLong.empty();
        }
        long offset = 0;
        for (int i = 0; i < DIGITS; i++) {
            int digit = name.charAt(i) - '0';
            if (digit < 0 || digit > 9 || offset > (Long.MAX_VALUE - digit) / 10) {
                return OptionalLong.empty();
            }
            offset = offset * 10 + digit;
        }
        return OptionalLong.of(offset);
    }

    private static String padded(long offset) {
        return String.format(Locale.ROOT, "%020d", offset);
    }
}
