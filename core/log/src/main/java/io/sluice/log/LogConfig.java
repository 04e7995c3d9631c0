package io.sluice.log;

/**
 * A log's settings, with Kafka's names and defaults. Immutable; a change makes a new one and hands it to
 * {@link PartitionLog#reconfigure}.
 *
 * @param roll when a segment is full
 * @param retention what is thrown away
 * @param flush when written bytes are forced to disk
 * @param internal whether the broker itself depends on this log (group offsets, transactions): such logs may write into
 *     the reserve that is kept when the disk is nearly full
 */
public record LogConfig(Roll roll, Retention retention, Flush flush, boolean internal) {

    public static final LogConfig DEFAULTS = new LogConfig(
            new Roll(1 << 30, 7 * 24 * 3_600_000L, 4096),
            new Retention(true, false, -1, 7 * 24 * 3_600_000L, 60_000),
            new Flush(Long.MAX_VALUE, Long.MAX_VALUE),
            false);

    /**
     * @param segmentBytes {@code segment.bytes}: largest size of a segment file
     * @param segmentMs {@code segment.ms}: oldest age of a segment that is still written to
     * @param segmentJitterMs {@code segment.jitter.ms}: by how much at most that age is put forward
     * @param indexIntervalBytes {@code index.interval.bytes}: log bytes between two index entries
     */
    public record Roll(int segmentBytes, long segmentMs, long segmentJitterMs, int indexIntervalBytes) {
        /** Without jitter. */
        public Roll(int segmentBytes, long segmentMs, int indexIntervalBytes) {
            this(segmentBytes, segmentMs, 0, indexIntervalBytes);
        }

        public Roll {
            require(segmentJitterMs >= 0, "segment.jitter.ms", segmentJitterMs);
            require(segmentBytes >= 14, "segment.bytes", segmentBytes);
            require(segmentMs >= 1, "segment.ms", segmentMs);
            require(indexIntervalBytes >= 0, "index.interval.bytes", indexIntervalBytes);
        }

        /** The age at which this segment is full: always the same, but spread over the segments of many logs. */
        long agedOutMs(LogId log, long segmentBase) {
            long most = Math.min(segmentJitterMs, segmentMs - 1);
            if (most <= 0) {
                return segmentMs;
            }
            long scattered = (log.hashCode() + 31 * segmentBase) * 0x9E3779B97F4A7C15L;
            return segmentMs - (scattered >>> 1) % (most + 1);
        }
    }

    /**
     * @param delete {@code cleanup.policy} has {@code delete}
     * @param compact {@code cleanup.policy} has {@code compact}
     * @param bytes {@code retention.bytes}, -1 without limit
     * @param ms {@code retention.ms}, -1 without limit
     * @param fileDeleteDelayMs {@code file.delete.delay.ms}: how long a removed segment's file stays
     */
    public record Retention(boolean delete, boolean compact, long bytes, long ms, long fileDeleteDelayMs) {
        public Retention {
            require(bytes >= -1, "retention.bytes", bytes);
            require(ms >= -1, "retention.ms", ms);
            require(fileDeleteDelayMs >= 0, "file.delete.delay.ms", fileDeleteDelayMs);
        }
    }

    /**
     * @param messages {@code flush.messages}: force to disk after so many records; 1 means before each acknowledgement
     *     (the engine calls {@link PartitionLog#flush} and waits), more means in the background
     * @param ms {@code flush.ms}: force to disk after so long, in the background
     */
    public record Flush(long messages, long ms) {
        public Flush {
            require(messages >= 1, "flush.messages", messages);
            require(ms >= 0, "flush.ms", ms);
        }

        /** Whether an acknowledgement has to wait for the disk. */
        public boolean beforeAck() {
            return messages == 1;
        }
    }

    public LogConfig withRoll(Roll changed) {
        return new LogConfig(changed, retention, flush, internal);
    }

    public LogConfig withRetention(Retention changed) {
        return new LogConfig(roll, changed, flush, internal);
    }

    public LogConfig withFlush(Flush changed) {
        return new LogConfig(roll, retention, changed, internal);
    }

    public LogConfig asInternal() {
        return new LogConfig(roll, retention, flush, true);
    }

    private static void require(boolean holds, String setting, long value) {
        if (!holds) {
            throw new IllegalArgumentException(setting + "=" + value + " is out of range");
        }
    }
}
