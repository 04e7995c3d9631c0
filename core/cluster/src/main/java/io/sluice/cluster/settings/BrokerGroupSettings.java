package io.sluice.cluster.settings;

import static io.sluice.cluster.settings.BrokerSetting.ofInt;
import static io.sluice.cluster.settings.BrokerSetting.ofList;
import static io.sluice.cluster.settings.BrokerSetting.ofLong;
import static io.sluice.cluster.settings.BrokerSetting.ofString;
import static io.sluice.cluster.settings.Change.CLUSTER_WIDE;

import java.util.List;

/** A broker's settings about consumer groups and their offsets. */
public final class BrokerGroupSettings {
    public static final Setting<Integer> OFFSETS_TOPIC_NUM_PARTITIONS = ofInt("offsets.topic.num.partitions")
            .defaultsTo(50)
            .limit(Limit.atLeast(1))
            .doc("How many partitions the internal topic of group offsets has; never altered once it exists.");

    public static final Setting<Integer> OFFSETS_TOPIC_REPLICATION_FACTOR = ofInt("offsets.topic.replication.factor")
            .defaultsTo(3)
            .limit(Limit.atLeast(1))
            .doc("How many replicas the topic of group offsets has; fewer as long as fewer brokers are there.");

    public static final Setting<Integer> OFFSETS_TOPIC_SEGMENT_BYTES = ofInt("offsets.topic.segment.bytes")
            .defaultsTo(100 << 20)
            .limit(Limit.atLeast(1024))
            .doc("The segment size in bytes of the topic of group offsets.");

    public static final Setting<Integer> OFFSETS_RETENTION_MINUTES = ofInt("offsets.retention.minutes")
            .defaultsTo(10_080)
            .limit(Limit.atLeast(1))
            .change(CLUSTER_WIDE)
            .doc("How many minutes the offsets of a group without members are kept.");

    public static final Setting<Long> OFFSETS_RETENTION_CHECK_INTERVAL_MS = ofLong(
                    "offsets.retention.check.interval.ms")
            .defaultsTo(600_000L)
            .limit(Limit.atLeast(1))
            .doc("How often, in milliseconds, is looked for offsets that are kept no longer.");

    public static final Setting<Integer> OFFSET_METADATA_MAX_BYTES = ofInt("offset.metadata.max.bytes")
            .defaultsTo(4096)
            .limit(Limit.atLeast(0))
            .doc("The longest text in bytes that a consumer may commit beside an offset.");

    public static final Setting<Integer> OFFSETS_COMMIT_TIMEOUT_MS = ofInt("offsets.commit.timeout.ms")
            .defaultsTo(5_000)
            .limit(Limit.atLeast(1))
            .doc("How many milliseconds the replicas in sync may take to have what a group coordinator writes.");

    public static final Setting<Integer> GROUP_MIN_SESSION_TIMEOUT_MS = ofInt("group.min.session.timeout.ms")
            .defaultsTo(6_000)
            .limit(Limit.atLeast(1))
            .doc("The shortest session that a member of a classic group may ask for.");

    public static final Setting<Integer> GROUP_MAX_SESSION_TIMEOUT_MS = ofInt("group.max.session.timeout.ms")
            .defaultsTo(1_800_000)
            .limit(Limit.atLeast(1))
            .doc("The longest session that a member of a classic group may ask for.");

    public static final Setting<Integer> GROUP_INITIAL_REBALANCE_DELAY_MS = ofInt("group.initial.rebalance.delay.ms")
            .defaultsTo(3_000)
            .limit(Limit.atLeast(0))
            .doc("How long, in milliseconds, the first join of an empty classic group waits for others.");

    public static final Setting<Integer> GROUP_MAX_SIZE = ofInt("group.max.size")
            .defaultsTo(Integer.MAX_VALUE)
            .limit(Limit.atLeast(1))
            .doc("How many members a classic group may have.");

    public static final Setting<List<String>> GROUP_COORDINATOR_REBALANCE_PROTOCOLS = ofList(
                    "group.coordinator.rebalance.protocols")
            .defaultsTo(List.of("classic", "consumer"))
            .limit(Limit.eachOneOf("classic", "consumer"))
            .doc("Which group protocols are served.");

    public static final Setting<Integer> GROUP_CONSUMER_SESSION_TIMEOUT_MS = ofInt("group.consumer.session.timeout.ms")
            .defaultsTo(45_000)
            .limit(Limit.atLeast(1))
            .change(CLUSTER_WIDE)
            .doc("After how many silent milliseconds a member of a consumer group is taken for dead.");

    public static final Setting<Integer> GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS = ofInt(
                    "group.consumer.min.session.timeout.ms")
            .defaultsTo(45_000)
            .limit(Limit.atLeast(1))
            .doc("The shortest session that a consumer group may be given.");

    public static final Setting<Integer> GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS = ofInt(
                    "group.consumer.max.session.timeout.ms")
            .defaultsTo(60_000)
            .limit(Limit.atLeast(1))
            .doc("The longest session that a consumer group may be given.");

    public static final Setting<Integer> GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS = ofInt(
                    "group.consumer.heartbeat.interval.ms")
            .defaultsTo(5_000)
            .limit(Limit.atLeast(1))
            .change(CLUSTER_WIDE)
            .doc("How often, in milliseconds, members of a consumer group are told to send heartbeats.");

    public static final Setting<Integer> GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS = ofInt(
                    "group.consumer.min.heartbeat.interval.ms")
            .defaultsTo(5_000)
            .limit(Limit.atLeast(1))
            .doc("The shortest heartbeat interval that a consumer group may be given.");

    public static final Setting<Integer> GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS = ofInt(
                    "group.consumer.max.heartbeat.interval.ms")
            .defaultsTo(15_000)
            .limit(Limit.atLeast(1))
            .doc("The longest heartbeat interval that a consumer group may be given.");

    public static final Setting<Integer> GROUP_CONSUMER_MAX_SIZE = ofInt("group.consumer.max.size")
            .defaultsTo(Integer.MAX_VALUE)
            .limit(Limit.atLeast(1))
            .doc("How many members a consumer group may have.");

    public static final Setting<List<String>> GROUP_CONSUMER_ASSIGNORS = ofList("group.consumer.assignors")
            .defaultsTo(List.of("uniform", "range"))
            .limit(Limit.eachOneOf("uniform", "range"))
            .doc("The assignors that consumer groups may choose from; the first is taken when they do not.");

    public static final Setting<Integer> GROUP_CONSUMER_REGEX_REFRESH_INTERVAL_MS = ofInt(
                    "group.consumer.regex.refresh.interval.ms")
            .defaultsTo(600_000)
            .limit(Limit.atLeast(10_000))
            .doc("How often, in milliseconds, a subscription by pattern is compared with the topics there are.");

    public static final Setting<String> GROUP_CONSUMER_MIGRATION_POLICY = ofString("group.consumer.migration.policy")
            .defaultsTo("bidirectional")
            .limit(Limit.oneOf("disabled", "downgrade", "upgrade", "bidirectional"))
            .doc("Whether a group may change between the classic and the consumer protocol while it has members.");

    static final List<Setting<?>> ALL = List.of(
            OFFSETS_TOPIC_NUM_PARTITIONS,
            OFFSETS_TOPIC_REPLICATION_FACTOR,
            OFFSETS_TOPIC_SEGMENT_BYTES,
            OFFSETS_RETENTION_MINUTES,
            OFFSETS_RETENTION_CHECK_INTERVAL_MS,
            OFFSET_METADATA_MAX_BYTES,
            OFFSETS_COMMIT_TIMEOUT_MS,
            GROUP_MIN_SESSION_TIMEOUT_MS,
            GROUP_MAX_SESSION_TIMEOUT_MS,
            GROUP_INITIAL_REBALANCE_DELAY_MS,
            GROUP_MAX_SIZE,
            GROUP_COORDINATOR_REBALANCE_PROTOCOLS,
            GROUP_CONSUMER_SESSION_TIMEOUT_MS,
            GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS,
            GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS,
            GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS,
            GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS,
            GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS,
            GROUP_CONSUMER_MAX_SIZE,
            GROUP_CONSUMER_ASSIGNORS,
            GROUP_CONSUMER_REGEX_REFRESH_INTERVAL_MS,
            GROUP_CONSUMER_MIGRATION_POLICY);

    private BrokerGroupSettings() {}
}
