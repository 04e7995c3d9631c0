package io.sluice.engine.group;

import java.util.List;

/**
 * The broker's settings for groups, under Kafka's names and with its defaults.
 *
 * @param classic for groups of the classic protocol
 * @param consumer for groups of KIP-848's protocol
 * @param offsets for committed offsets
 */
public record GroupConfig(Classic classic, Consumer consumer, Offsets offsets) {
    public static final GroupConfig DEFAULTS = new GroupConfig(Classic.DEFAULTS, Consumer.DEFAULTS, Offsets.DEFAULTS);

    /**
     * @param minSessionTimeoutMs {@code group.min.session.timeout.ms}, 6000
     * @param maxSessionTimeoutMs {@code group.max.session.timeout.ms}, 1800000
     * @param initialRebalanceDelayMs {@code group.initial.rebalance.delay.ms}, 3000: how long an empty group waits for
     *     more members before its first generation
     * @param maxSize {@code group.max.size}, unlimited in Kafka; here at most {@link Bounds#MEMBERS}
     */
    public record Classic(int minSessionTimeoutMs, int maxSessionTimeoutMs, int initialRebalanceDelayMs, int maxSize) {
        public static final Classic DEFAULTS = new Classic(6_000, 1_800_000, 3_000, Integer.MAX_VALUE);
    }

    /**
     * @param sessionTimeoutMs {@code group.consumer.session.timeout.ms}, 45000; per group
     *     {@code consumer.session.timeout.ms}
     * @param heartbeatIntervalMs {@code group.consumer.heartbeat.interval.ms}, 5000; per group
     *     {@code consumer.heartbeat.interval.ms}
     * @param maxSize {@code group.consumer.max.size}, unlimited in Kafka; here at most {@link Bounds#MEMBERS}
     * @param assignors {@code group.consumer.assignors}, "uniform" and "range"; the first is the default
     * @param migration {@code group.consumer.migration.policy}, bidirectional
     * @param regexRefreshIntervalMs {@code group.consumer.regex.refresh.interval.ms}, 600000: how old the topics of a
     *     regular expression may get when no change of topics is noticed
     */
    public record Consumer(
            int sessionTimeoutMs,
            int heartbeatIntervalMs,
            int maxSize,
            List<String> assignors,
            Migration migration,
            int regexRefreshIntervalMs) {
        public static final Consumer DEFAULTS = new Consumer(
                45_000, 5_000, Integer.MAX_VALUE, List.of("uniform", "range"), Migration.BIDIRECTIONAL, 600_000);

        public Consumer {
            assignors = List.copyOf(assignors);
            if (assignors.isEmpty()) {
                throw new IllegalArgumentException("group.consumer.assignors is empty: name at least one assignor");
            }
        }

        public Consumer withSession(int timeoutMs, int intervalMs) {
            return new Consumer(timeoutMs, intervalMs, maxSize, assignors, migration, regexRefreshIntervalMs);
        }
    }

    /** Whether a group with members may change its protocol while it works. */
    public enum Migration {
        DISABLED,
        UPGRADE,
        DOWNGRADE,
        BIDIRECTIONAL;

        boolean upgrades() {
            return this == UPGRADE || this == BIDIRECTIONAL;
        }

        boolean downgrades() {
            return this == DOWNGRADE || this == BIDIRECTIONAL;
        }
    }

    /**
     * @param metadataMaxBytes {@code offset.metadata.max.bytes}, 4096
     * @param retentionMs {@code offsets.retention.minutes}, 10080 minutes
     * @param retentionCheckIntervalMs {@code offsets.retention.check.interval.ms}, 600000
     */
    public record Offsets(int metadataMaxBytes, long retentionMs, long retentionCheckIntervalMs) {
        public static final Offsets DEFAULTS = new Offsets(4_096, 10_080L * 60_000, 600_000);
    }
}
