package io.sluice.cluster.settings;

import java.util.List;

/**
 * What can be set on a topic. Names and meanings are Kafka's; what is not set comes from the brokers' settings. A few
 * settings are known only so that tools which send their defaults go on working: any other value is refused.
 */
public final class TopicSettings {
    private static final String NO_TIERED_STORAGE = "Sluice keeps all segments on the brokers' own disks";

    public static final Setting<List<String>> CLEANUP_POLICY = of("cleanup.policy", Parser.LIST)
            .limit(Limit.eachOneOf("delete", "compact"))
            .fallsBackOn(BrokerLogSettings.LOG_CLEANUP_POLICY)
            .doc(
                    "What happens to old segments: delete, compact, or both. Nothing is compacted yet: with compact alone a"
                            + " log only grows.");

    public static final Setting<String> COMPRESSION_TYPE = of("compression.type", Parser.STRING)
            .limit(Limit.oneOf("producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"))
            .fallsBackOn(BrokerLogSettings.COMPRESSION_TYPE)
            .doc("How batches are stored; producer keeps them as they were sent.");

    public static final Setting<Integer> COMPRESSION_GZIP_LEVEL = of("compression.gzip.level", Parser.INT)
            .limit(Limit.betweenOr(1, 9, -1))
            .fallsBackOn(BrokerLogSettings.COMPRESSION_GZIP_LEVEL)
            .doc("How hard gzip works when compression.type is gzip; -1 is gzip's own choice.");

    public static final Setting<Integer> COMPRESSION_LZ4_LEVEL = of("compression.lz4.level", Parser.INT)
            .limit(Limit.between(1, 17))
            .fallsBackOn(BrokerLogSettings.COMPRESSION_LZ4_LEVEL)
            .doc("How hard lz4 works when compression.type is lz4.");

    public static final Setting<Integer> COMPRESSION_ZSTD_LEVEL = of("compression.zstd.level", Parser.INT)
            .limit(Limit.between(-131_072, 22))
            .fallsBackOn(BrokerLogSettings.COMPRESSION_ZSTD_LEVEL)
            .doc("How hard zstd works when compression.type is zstd.");

    public static final Setting<Long> DELETE_RETENTION_MS = of("delete.retention.ms", Parser.LONG)
            .limit(Limit.atLeast(0))
            .fallsBackOn(BrokerLogSettings.LOG_CLEANER_DELETE_RETENTION_MS)
            .idle(Idle.NO_COMPACTION)
            .doc("How long, in milliseconds, a compacted log keeps the tombstone of a deleted key.");

    public static final Setting<Long> FILE_DELETE_DELAY_MS = of("file.delete.delay.ms", Parser.LONG)
            .limit(Limit.atLeast(0))
            .fallsBackOn(BrokerLogSettings.LOG_SEGMENT_DELETE_DELAY_MS)
            .doc("How long, in milliseconds, a file that is no longer part of the log stays before it is removed.");

    public static final Setting<Long> FLUSH_MESSAGES = of("flush.messages", Parser.LONG)
            .limit(Limit.atLeast(1))
            .fallsBackOn(BrokerLogSettings.LOG_FLUSH_INTERVAL_MESSAGES)
            .doc("After how many messages the log is forced to disk; 1 means before every acknowledgement.");

    public static final Setting<Long> FLUSH_MS = of("flush.ms", Parser.LONG)
            .limit(Limit.atLeast(0))
            .fallsBackOn(BrokerLogSettings.LOG_FLUSH_INTERVAL_MS)
            .doc("How long, in milliseconds, a message may lie unforced in the page cache.");

    public static final Setting<List<String>> FOLLOWER_REPLICATION_THROTTLED_REPLICAS = of(
                    "follower.replication.throttled.replicas", Parser.LIST)
            .defaultsTo(List.of())
            .limit(new ThrottledReplicas())
            .doc(
                    "The replicas that copy no faster than follower.replication.throttled.rate of their brokers allows, unless"
                            + " they are in sync: partition:broker pairs, or * for all.");

    public static final Setting<Integer> INDEX_INTERVAL_BYTES = of("index.interval.bytes", Parser.INT)
            .limit(Limit.atLeast(0))
            .fallsBackOn(BrokerLogSettings.LOG_INDEX_INTERVAL_BYTES)
            .doc("How many bytes of log lie, at least, between two index entries.");

    public static final Setting<List<String>> LEADER_REPLICATION_THROTTLED_REPLICAS = of(
                    "leader.replication.throttled.replicas", Parser.LIST)
            .defaultsTo(List.of())
            .limit(new ThrottledReplicas())
            .doc(
                    "The replicas that, leading, give replicas which are not in sync no more than"
                            + " leader.replication.throttled.rate of their brokers allows: partition:broker pairs, or * for all.");

    public static final Setting<Long> LOCAL_RETENTION_BYTES = of("local.retention.bytes", Parser.LONG)
            .defaultsTo(-2L)
            .limit(Limit.only(-2L, NO_TIERED_STORAGE))
            .doc("Always -2: everything that is retained is local.");

    public static final Setting<Long> LOCAL_RETENTION_MS = of("local.retention.ms", Parser.LONG)
            .defaultsTo(-2L)
            .limit(Limit.only(-2L, NO_TIERED_STORAGE))
            .doc("Always -2: everything that is retained is local.");

    public static final Setting<Long> MAX_COMPACTION_LAG_MS = of("max.compaction.lag.ms", Parser.LONG)
            .limit(Limit.atLeast(1))
            .fallsBackOn(BrokerLogSettings.LOG_CLEANER_MAX_COMPACTION_LAG_MS)
            .idle(Idle.NO_COMPACTION)
            .doc("After how many milliseconds a message is compacted at the latest.");

    public static final Setting<Integer> MAX_MESSAGE_BYTES = of("max.message.bytes", Parser.INT)
            .limit(Limit.atLeast(0))
            .fallsBackOn(BrokerLogSettings.MESSAGE_MAX_BYTES)
            .doc("The largest record batch in bytes, as it is stored.");

    public static final Setting<Long> MESSAGE_TIMESTAMP_AFTER_MAX_MS = of("message.timestamp.after.max.ms", Parser.LONG)
            .limit(Limit.atLeast(0))
            .fallsBackOn(BrokerLogSettings.LOG_MESSAGE_TIMESTAMP_AFTER_MAX_MS)
            .doc("How many milliseconds a message's timestamp may lie after the broker's clock.");

    public static final Setting<Long> MESSAGE_TIMESTAMP_BEFORE_MAX_MS = of(
                    "message.timestamp.before.max.ms", Parser.LONG)
            .limit(Limit.atLeast(0))
            .fallsBackOn(BrokerLogSettings.LOG_MESSAGE_TIMESTAMP_BEFORE_MAX_MS)
            .doc("How many milliseconds a message's timestamp may lie before the broker's clock.");

    public static final Setting<String> MESSAGE_TIMESTAMP_TYPE = of("message.timestamp.type", Parser.STRING)
            .limit(Limit.oneOf("CreateTime", "LogAppendTime"))
            .fallsBackOn(BrokerLogSettings.LOG_MESSAGE_TIMESTAMP_TYPE)
            .doc("Whose clock stamps a message: the producer's (CreateTime) or the broker's (LogAppendTime).");

    public static final Setting<Double> MIN_CLEANABLE_DIRTY_RATIO = of("min.cleanable.dirty.ratio", Parser.DOUBLE)
            .limit(Limit.between(0, 1))
            .fallsBackOn(BrokerLogSettings.LOG_CLEANER_MIN_CLEANABLE_RATIO)
            .idle(Idle.NO_COMPACTION)
            .doc("Which share of the log must be uncompacted before it is compacted.");

    public static final Setting<Long> MIN_COMPACTION_LAG_MS = of("min.compaction.lag.ms", Parser.LONG)
            .limit(Limit.atLeast(0))
            .fallsBackOn(BrokerLogSettings.LOG_CLEANER_MIN_COMPACTION_LAG_MS)
            .idle(Idle.NO_COMPACTION)
            .doc("How long, in milliseconds, a message stays uncompacted at least.");

    public static final Setting<Integer> MIN_INSYNC_REPLICAS = of("min.insync.replicas", Parser.INT)
            .limit(Limit.atLeast(1))
            .fallsBackOn(BrokerLogSettings.MIN_INSYNC_REPLICAS)
            .doc(
                    "How many replicas must have a message before acks=all is answered; with fewer in sync it is refused.");

    public static final Setting<Boolean> PREALLOCATE = of("preallocate", Parser.BOOLEAN)
            .limit(Limit.only(false, "segments grow as they are written"))
            .fallsBackOn(BrokerLogSettings.LOG_PREALLOCATE)
            .doc("Whether segment files are made at full size.");

    public static final Setting<Boolean> REMOTE_LOG_COPY_DISABLE = of("remote.log.copy.disable", Parser.BOOLEAN)
            .defaultsTo(false)
            .limit(Limit.only(false, NO_TIERED_STORAGE))
            .doc("Always false: there is no tiered storage to stop copying to.");

    public static final Setting<Boolean> REMOTE_LOG_DELETE_ON_DISABLE = of(
                    "remote.log.delete.on.disable", Parser.BOOLEAN)
            .defaultsTo(false)
            .limit(Limit.only(false, NO_TIERED_STORAGE))
            .doc("Always false: there is no tiered storage to delete from.");

    public static final Setting<Boolean> REMOTE_STORAGE_ENABLE = of("remote.storage.enable", Parser.BOOLEAN)
            .defaultsTo(false)
            .limit(Limit.only(false, NO_TIERED_STORAGE))
            .doc("Always false: there is no tiered storage.");

    public static final Setting<Long> RETENTION_BYTES = of("retention.bytes", Parser.LONG)
            .limit(Limit.atLeast(-1))
            .fallsBackOn(BrokerLogSettings.LOG_RETENTION_BYTES)
            .doc("How many bytes a partition keeps before its oldest segments are deleted; -1 for no bound.");

    public static final Setting<Long> RETENTION_MS = of("retention.ms", Parser.LONG)
            .limit(Limit.atLeast(-1))
            .fallsBackOn(BrokerLogSettings.LOG_RETENTION_MS)
            .doc("How many milliseconds messages are kept before their segment is deleted; -1 for ever.");

    public static final Setting<Integer> SEGMENT_BYTES = of("segment.bytes", Parser.INT)
            .limit(Limit.atLeast(1024))
            .fallsBackOn(BrokerLogSettings.LOG_SEGMENT_BYTES)
            .doc("The size in bytes at which a segment file is closed and the next begins.");

    public static final Setting<Integer> SEGMENT_INDEX_BYTES = of("segment.index.bytes", Parser.INT)
            .limit(Limit.atLeast(4))
            .fallsBackOn(BrokerLogSettings.LOG_INDEX_SIZE_MAX_BYTES)
            .idle(Idle.INDEX_FREE)
            .doc("The size in bytes of an index at which its segment is closed.");

    public static final Setting<Long> SEGMENT_JITTER_MS = of("segment.jitter.ms", Parser.LONG)
            .limit(Limit.atLeast(0))
            .fallsBackOn(BrokerLogSettings.LOG_ROLL_JITTER_MS)
            .doc(
                    "The most milliseconds by which closing by age is put forward, so that not all segments close at once.");

    public static final Setting<Long> SEGMENT_MS = of("segment.ms", Parser.LONG)
            .limit(Limit.atLeast(1))
            .fallsBackOn(BrokerLogSettings.LOG_ROLL_MS)
            .doc("The age in milliseconds at which a segment is closed although it is not full.");

    public static final Setting<Boolean> UNCLEAN_LEADER_ELECTION_ENABLE = of(
                    "unclean.leader.election.enable", Parser.BOOLEAN)
            .fallsBackOn(BrokerLogSettings.UNCLEAN_LEADER_ELECTION_ENABLE)
            .doc("Whether a replica that lacks acknowledged messages may lead when no other is left.");

    public static final SettingRegistry ALL = new SettingRegistry(
            SettingDomain.TOPIC,
            List.of(
                    CLEANUP_POLICY,
                    COMPRESSION_GZIP_LEVEL,
                    COMPRESSION_LZ4_LEVEL,
                    COMPRESSION_TYPE,
                    COMPRESSION_ZSTD_LEVEL,
                    DELETE_RETENTION_MS,
                    FILE_DELETE_DELAY_MS,
                    FLUSH_MESSAGES,
                    FLUSH_MS,
                    FOLLOWER_REPLICATION_THROTTLED_REPLICAS,
                    INDEX_INTERVAL_BYTES,
                    LEADER_REPLICATION_THROTTLED_REPLICAS,
                    LOCAL_RETENTION_BYTES,
                    LOCAL_RETENTION_MS,
                    MAX_COMPACTION_LAG_MS,
                    MAX_MESSAGE_BYTES,
                    MESSAGE_TIMESTAMP_AFTER_MAX_MS,
                    MESSAGE_TIMESTAMP_BEFORE_MAX_MS,
                    MESSAGE_TIMESTAMP_TYPE,
                    MIN_CLEANABLE_DIRTY_RATIO,
                    MIN_COMPACTION_LAG_MS,
                    MIN_INSYNC_REPLICAS,
                    PREALLOCATE,
                    REMOTE_LOG_COPY_DISABLE,
                    REMOTE_LOG_DELETE_ON_DISABLE,
                    REMOTE_STORAGE_ENABLE,
                    RETENTION_BYTES,
                    RETENTION_MS,
                    SEGMENT_BYTES,
                    SEGMENT_INDEX_BYTES,
                    SEGMENT_JITTER_MS,
                    SEGMENT_MS,
                    UNCLEAN_LEADER_ELECTION_ENABLE));

    private TopicSettings() {}

    private static <T> Setting.Draft<T> of(String name, Parser<T> parser) {
        return Setting.define(SettingDomain.TOPIC, name, parser).change(Change.CLUSTER_WIDE);
    }
}
