package io.sluice.cluster.settings;

import static io.sluice.cluster.settings.BrokerSetting.ofBoolean;
import static io.sluice.cluster.settings.BrokerSetting.ofDouble;
import static io.sluice.cluster.settings.BrokerSetting.ofInt;
import static io.sluice.cluster.settings.BrokerSetting.ofList;
import static io.sluice.cluster.settings.BrokerSetting.ofLong;
import static io.sluice.cluster.settings.BrokerSetting.ofString;
import static io.sluice.cluster.settings.Change.CLUSTER_WIDE;

import java.util.List;

/** A broker's settings about logs: where they lie, and what holds for topics that do not say otherwise. */
public final class BrokerLogSettings {
    private static final long HOUR_MS = 3_600_000L;
    private static final long MINUTE_MS = 60_000L;

    public static final Setting<List<String>> LOG_DIR =
            ofList("log.dir").defaultsTo(List.of("data")).doc("The data folder, when log.dirs is not set.");

    public static final Setting<List<String>> LOG_DIRS = ofList("log.dirs")
            .fallsBackOn(LOG_DIR)
            .doc("The data folders, separated by commas. New partitions go where the fewest are.");

    public static final Setting<Integer> LOG_SEGMENT_BYTES = ofInt("log.segment.bytes")
            .defaultsTo(1 << 30)
            .limit(Limit.atLeast(1024))
            .change(CLUSTER_WIDE)
            .doc("The size in bytes at which a segment file is closed and the next begins.");

    public static final Setting<Integer> LOG_ROLL_HOURS = ofInt("log.roll.hours")
            .defaultsTo(168)
            .limit(Limit.atLeast(1))
            .doc("The age in hours at which a segment is closed, when log.roll.ms is not set.");

    public static final Setting<Long> LOG_ROLL_MS = ofLong("log.roll.ms")
            .limit(Limit.atLeast(1))
            .change(CLUSTER_WIDE)
            .fallsBackOn(LOG_ROLL_HOURS, hours -> hours * HOUR_MS)
            .doc("The age in milliseconds at which a segment is closed although it is not full.");

    public static final Setting<Integer> LOG_ROLL_JITTER_HOURS = ofInt("log.roll.jitter.hours")
            .defaultsTo(0)
            .limit(Limit.atLeast(0))
            .doc("The most hours by which closing is put forward, when log.roll.jitter.ms is not set.");

    public static final Setting<Long> LOG_ROLL_JITTER_MS = ofLong("log.roll.jitter.ms")
            .limit(Limit.atLeast(0))
            .change(CLUSTER_WIDE)
            .fallsBackOn(LOG_ROLL_JITTER_HOURS, hours -> hours * HOUR_MS)
            .doc(
                    "The most milliseconds by which closing by age is put forward, so that not all segments close at once.");

    public static final Setting<Integer> LOG_RETENTION_HOURS = ofInt("log.retention.hours")
            .defaultsTo(168)
            .doc("How many hours messages are kept, when neither minutes nor milliseconds are set; -1 for ever.");

    public static final Setting<Integer> LOG_RETENTION_MINUTES = ofInt("log.retention.minutes")
            .doc("How many minutes messages are kept, when log.retention.ms is not set; -1 for ever.");

    public static final Setting<Long> LOG_RETENTION_MS = ofLong("log.retention.ms")
            .limit(Limit.atLeast(-1))
            .change(CLUSTER_WIDE)
            .fallsBackOn(LOG_RETENTION_MINUTES, minutes -> minutes < 0 ? -1 : minutes * MINUTE_MS)
            .fallsBackOn(LOG_RETENTION_HOURS, hours -> hours < 0 ? -1 : hours * HOUR_MS)
            .doc("How many milliseconds messages are kept before their segment is deleted; -1 for ever.");

    public static final Setting<Long> LOG_RETENTION_BYTES = ofLong("log.retention.bytes")
            .defaultsTo(-1L)
            .limit(Limit.atLeast(-1))
            .change(CLUSTER_WIDE)
            .doc("How many bytes a partition keeps before its oldest segments are deleted; -1 for no bound.");

    public static final Setting<Long> LOG_RETENTION_CHECK_INTERVAL_MS = ofLong("log.retention.check.interval.ms")
            .defaultsTo(300_000L)
            .limit(Limit.atLeast(1))
            .doc("How often, in milliseconds, is looked for segments to delete.");

    public static final Setting<List<String>> LOG_CLEANUP_POLICY = ofList("log.cleanup.policy")
            .defaultsTo(List.of("delete"))
            .limit(Limit.eachOneOf("delete", "compact"))
            .change(CLUSTER_WIDE)
            .doc(
                    "What happens to old segments: delete, compact, or both. Nothing is compacted yet: with compact alone a"
                            + " log only grows.");

    public static final Setting<Long> LOG_SEGMENT_DELETE_DELAY_MS = ofLong("log.segment.delete.delay.ms")
            .defaultsTo(60_000L)
            .limit(Limit.atLeast(0))
            .change(CLUSTER_WIDE)
            .doc("How long, in milliseconds, a file that is no longer part of a log stays before it is removed.");

    public static final Setting<Integer> LOG_INDEX_INTERVAL_BYTES = ofInt("log.index.interval.bytes")
            .defaultsTo(4096)
            .limit(Limit.atLeast(0))
            .change(CLUSTER_WIDE)
            .doc("How many bytes of log lie, at least, between two index entries.");

    public static final Setting<Integer> LOG_INDEX_SIZE_MAX_BYTES = ofInt("log.index.size.max.bytes")
            .defaultsTo(10 << 20)
            .limit(Limit.atLeast(4))
            .change(CLUSTER_WIDE)
            .idle(Idle.INDEX_FREE)
            .doc("The size in bytes of an index at which its segment is closed.");

    public static final Setting<Long> LOG_FLUSH_INTERVAL_MESSAGES = ofLong("log.flush.interval.messages")
            .defaultsTo(Long.MAX_VALUE)
            .limit(Limit.atLeast(1))
            .change(CLUSTER_WIDE)
            .doc("After how many messages the log is forced to disk; 1 means before every acknowledgement.");

    public static final Setting<Long> LOG_FLUSH_INTERVAL_MS = ofLong("log.flush.interval.ms")
            .defaultsTo(Long.MAX_VALUE)
            .limit(Limit.atLeast(0))
            .change(CLUSTER_WIDE)
            .doc("How long, in milliseconds, a message may lie unforced in the page cache.");

    public static final Setting<Integer> LOG_FLUSH_CHECKPOINT_INTERVAL_MS = ofInt(
                    "log.flush.offset.checkpoint.interval.ms")
            .defaultsTo(60_000)
            .limit(Limit.atLeast(1))
            .doc("How often, in milliseconds, the point from which recovery must scan is moved forward.");

    public static final Setting<Boolean> LOG_PREALLOCATE = ofBoolean("log.preallocate")
            .defaultsTo(false)
            .limit(Limit.only(false, "segments grow as they are written"))
            .doc("Whether segment files are made at full size.");

    public static final Setting<String> LOG_MESSAGE_TIMESTAMP_TYPE = ofString("log.message.timestamp.type")
            .defaultsTo("CreateTime")
            .limit(Limit.oneOf("CreateTime", "LogAppendTime"))
            .change(CLUSTER_WIDE)
            .doc("Whose clock stamps a message: the producer's (CreateTime) or the broker's (LogAppendTime).");

    public static final Setting<Long> LOG_MESSAGE_TIMESTAMP_BEFORE_MAX_MS = ofLong(
                    "log.message.timestamp.before.max.ms")
            .defaultsTo(Long.MAX_VALUE)
            .limit(Limit.atLeast(0))
            .change(CLUSTER_WIDE)
            .doc("How many milliseconds a message's timestamp may lie before the broker's clock.");

    public static final Setting<Long> LOG_MESSAGE_TIMESTAMP_AFTER_MAX_MS = ofLong("log.message.timestamp.after.max.ms")
            .defaultsTo(HOUR_MS)
            .limit(Limit.atLeast(0))
            .change(CLUSTER_WIDE)
            .doc("How many milliseconds a message's timestamp may lie after the broker's clock.");

    public static final Setting<Integer> MESSAGE_MAX_BYTES = ofInt("message.max.bytes")
            .defaultsTo(1_048_588)
            .limit(Limit.atLeast(0))
            .change(CLUSTER_WIDE)
            .doc("The largest record batch in bytes, as it is stored.");

    public static final Setting<String> COMPRESSION_TYPE = ofString("compression.type")
            .defaultsTo("producer")
            .limit(Limit.oneOf("producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"))
            .change(CLUSTER_WIDE)
            .doc("How batches are stored; producer keeps them as they were sent.");

    public static final Setting<Integer> COMPRESSION_GZIP_LEVEL = ofInt("compression.gzip.level")
            .defaultsTo(-1)
            .limit(Limit.betweenOr(1, 9, -1))
            .change(CLUSTER_WIDE)
            .doc("How hard gzip works when compression.type is gzip; -1 is gzip's own choice.");

    public static final Setting<Integer> COMPRESSION_LZ4_LEVEL = ofInt("compression.lz4.level")
            .defaultsTo(9)
            .limit(Limit.between(1, 17))
            .change(CLUSTER_WIDE)
            .doc("How hard lz4 works when compression.type is lz4.");

    public static final Setting<Integer> COMPRESSION_ZSTD_LEVEL = ofInt("compression.zstd.level")
            .defaultsTo(3)
            .limit(Limit.between(-131_072, 22))
            .change(CLUSTER_WIDE)
            .doc("How hard zstd works when compression.type is zstd.");

    public static final Setting<Integer> MIN_INSYNC_REPLICAS = ofInt("min.insync.replicas")
            .defaultsTo(1)
            .limit(Limit.atLeast(1))
            .change(CLUSTER_WIDE)
            .doc(
                    "How many replicas must have a message before acks=all is answered; with fewer in sync it is refused.");

    public static final Setting<Boolean> UNCLEAN_LEADER_ELECTION_ENABLE = ofBoolean("unclean.leader.election.enable")
            .defaultsTo(false)
            .change(CLUSTER_WIDE)
            .doc("Whether a replica that lacks acknowledged messages may lead when no other is left.");

    public static final Setting<Long> LOG_CLEANER_DELETE_RETENTION_MS = ofLong("log.cleaner.delete.retention.ms")
            .defaultsTo(86_400_000L)
            .limit(Limit.atLeast(0))
            .change(CLUSTER_WIDE)
            .idle(Idle.NO_COMPACTION)
            .doc("How long, in milliseconds, a compacted log keeps the tombstone of a deleted key.");

    public static final Setting<Double> LOG_CLEANER_MIN_CLEANABLE_RATIO = ofDouble("log.cleaner.min.cleanable.ratio")
            .defaultsTo(0.5)
            .limit(Limit.between(0, 1))
            .change(CLUSTER_WIDE)
            .idle(Idle.NO_COMPACTION)
            .doc("Which share of a log must be uncompacted before it is compacted.");

    public static final Setting<Long> LOG_CLEANER_MIN_COMPACTION_LAG_MS = ofLong("log.cleaner.min.compaction.lag.ms")
            .defaultsTo(0L)
            .limit(Limit.atLeast(0))
            .change(CLUSTER_WIDE)
            .idle(Idle.NO_COMPACTION)
            .doc("How long, in milliseconds, a message stays uncompacted at least.");

    public static final Setting<Long> LOG_CLEANER_MAX_COMPACTION_LAG_MS = ofLong("log.cleaner.max.compaction.lag.ms")
            .defaultsTo(Long.MAX_VALUE)
            .limit(Limit.atLeast(1))
            .change(CLUSTER_WIDE)
            .idle(Idle.NO_COMPACTION)
            .doc("After how many milliseconds a message is compacted at the latest.");

    public static final Setting<Integer> NUM_RECOVERY_THREADS = ofInt("num.recovery.threads.per.data.dir")
            .defaultsTo(2)
            .limit(Limit.atLeast(1))
            .doc("How many partitions of a data folder are recovered at the same time after a crash.");

    public static final Setting<Integer> PRODUCER_ID_EXPIRATION_MS = ofInt("producer.id.expiration.ms")
            .defaultsTo(86_400_000)
            .limit(Limit.atLeast(1))
            .doc("How long, in milliseconds, an idle producer's sequence numbers are remembered.");

    public static final Setting<Long> DISK_FREE_MIN_BYTES = ofLong("sluice.disk.free.min.bytes")
            .defaultsTo(256L << 20)
            .limit(Limit.atLeast(0))
            .doc("With fewer bytes free in its data folder, a partition refuses producers; reads and deletes go on.");

    static final List<Setting<?>> ALL = List.of(
            LOG_DIRS,
            LOG_DIR,
            LOG_SEGMENT_BYTES,
            LOG_ROLL_MS,
            LOG_ROLL_HOURS,
            LOG_ROLL_JITTER_MS,
            LOG_ROLL_JITTER_HOURS,
            LOG_RETENTION_MS,
            LOG_RETENTION_MINUTES,
            LOG_RETENTION_HOURS,
            LOG_RETENTION_BYTES,
            LOG_RETENTION_CHECK_INTERVAL_MS,
            LOG_CLEANUP_POLICY,
            LOG_SEGMENT_DELETE_DELAY_MS,
            LOG_INDEX_INTERVAL_BYTES,
            LOG_INDEX_SIZE_MAX_BYTES,
            LOG_FLUSH_INTERVAL_MESSAGES,
            LOG_FLUSH_INTERVAL_MS,
            LOG_FLUSH_CHECKPOINT_INTERVAL_MS,
            LOG_PREALLOCATE,
            LOG_MESSAGE_TIMESTAMP_TYPE,
            LOG_MESSAGE_TIMESTAMP_BEFORE_MAX_MS,
            LOG_MESSAGE_TIMESTAMP_AFTER_MAX_MS,
            MESSAGE_MAX_BYTES,
            COMPRESSION_TYPE,
            COMPRESSION_GZIP_LEVEL,
            COMPRESSION_LZ4_LEVEL,
            COMPRESSION_ZSTD_LEVEL,
            MIN_INSYNC_REPLICAS,
            UNCLEAN_LEADER_ELECTION_ENABLE,
            LOG_CLEANER_DELETE_RETENTION_MS,
            LOG_CLEANER_MIN_CLEANABLE_RATIO,
            LOG_CLEANER_MIN_COMPACTION_LAG_MS,
            LOG_CLEANER_MAX_COMPACTION_LAG_MS,
            NUM_RECOVERY_THREADS,
            PRODUCER_ID_EXPIRATION_MS,
            DISK_FREE_MIN_BYTES);

    private BrokerLogSettings() {}
}
