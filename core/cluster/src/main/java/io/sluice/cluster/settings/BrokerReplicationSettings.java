package io.sluice.cluster.settings;

import static io.sluice.cluster.settings.BrokerSetting.ofBoolean;
import static io.sluice.cluster.settings.BrokerSetting.ofInt;
import static io.sluice.cluster.settings.BrokerSetting.ofLong;
import static io.sluice.cluster.settings.BrokerSetting.ofString;

import java.util.List;

/** A broker's settings about how it copies partitions from their leaders, and when a copy counts as in sync. */
public final class BrokerReplicationSettings {
    public static final Setting<Long> REPLICA_LAG_TIME_MAX_MS = ofLong("replica.lag.time.max.ms")
            .defaultsTo(30_000L)
            .limit(Limit.atLeast(1))
            .doc(
                    "After how many milliseconds in which a follower never reached the end of its leader's log it leaves the"
                            + " in-sync replicas.");

    public static final Setting<Integer> REPLICA_FETCH_WAIT_MAX_MS = ofInt("replica.fetch.wait.max.ms")
            .defaultsTo(500)
            .limit(Limit.atLeast(1))
            .doc("How many milliseconds a follower's fetch waits at the leader when there is nothing new.");

    public static final Setting<Integer> REPLICA_FETCH_MIN_BYTES = ofInt("replica.fetch.min.bytes")
            .defaultsTo(1)
            .limit(Limit.atLeast(0))
            .doc("How many bytes a follower's fetch waits for.");

    public static final Setting<Integer> REPLICA_FETCH_MAX_BYTES = ofInt("replica.fetch.max.bytes")
            .defaultsTo(1 << 20)
            .limit(Limit.atLeast(0))
            .doc("How many bytes a follower fetches of one partition at a time; a larger batch comes whole.");

    public static final Setting<Integer> REPLICA_FETCH_RESPONSE_MAX_BYTES = ofInt("replica.fetch.response.max.bytes")
            .defaultsTo(10 << 20)
            .limit(Limit.atLeast(0))
            .doc("How many bytes a follower fetches at a time in all; a larger first batch comes whole.");

    public static final Setting<Integer> REPLICA_FETCH_BACKOFF_MS = ofInt("replica.fetch.backoff.ms")
            .defaultsTo(1_000)
            .limit(Limit.atLeast(0))
            .doc(
                    "The longest pause in milliseconds before a follower asks again after an error; the first are shorter.");

    public static final Setting<Long> LEADER_REPLICATION_THROTTLED_RATE = ofLong("leader.replication.throttled.rate")
            .defaultsTo(Long.MAX_VALUE)
            .limit(Limit.atLeast(0))
            .change(Change.AT_RUN_TIME_ONLY)
            .doc(
                    "How many bytes a second the broker gives at most to replicas that are not in sync, of the partitions that"
                            + " leader.replication.throttled.replicas of their topics names.");

    public static final Setting<Long> FOLLOWER_REPLICATION_THROTTLED_RATE = ofLong(
                    "follower.replication.throttled.rate")
            .defaultsTo(Long.MAX_VALUE)
            .limit(Limit.atLeast(0))
            .change(Change.AT_RUN_TIME_ONLY)
            .doc("How many bytes a second the broker copies at most while it is not in sync, of the partitions that"
                    + " follower.replication.throttled.replicas of their topics names.");

    public static final Setting<Integer> REPLICATION_QUOTA_WINDOW_NUM = ofInt("replication.quota.window.num")
            .defaultsTo(11)
            .limit(Limit.between(1, 1_000))
            .doc("Over how many windows of time the throttled rates are held.");

    public static final Setting<Integer> REPLICATION_QUOTA_WINDOW_SIZE_SECONDS = ofInt(
                    "replication.quota.window.size.seconds")
            .defaultsTo(1)
            .limit(Limit.between(1, 3_600))
            .doc("How long each of these windows is, in seconds.");

    /** Kafka's name for the choice by racks. */
    public static final String RACK_AWARE_SELECTOR = "org.apache.kafka.common.replica.RackAwareReplicaSelector";

    private static final String LEADER_SELECTOR = "org.apache.kafka.common.replica.LeaderSelector";

    public static final Setting<String> REPLICA_SELECTOR_CLASS = ofString("replica.selector.class")
            .defaultsTo(LEADER_SELECTOR)
            .limit(Limit.oneOf(LEADER_SELECTOR, RACK_AWARE_SELECTOR))
            .doc("Which replica consumers are sent to: the leader, or one that is in sync and in their rack, by the"
                    + " consumer's client.rack and the broker's broker.rack. Kafka's two classes; others cannot be plugged"
                    + " in.");

    public static final Setting<Boolean> CONTROLLED_SHUTDOWN_ENABLE = ofBoolean("controlled.shutdown.enable")
            .defaultsTo(true)
            .doc("Whether a broker hands over what it leads before it stops.");

    public static final Setting<Integer> CONTROLLED_SHUTDOWN_MAX_RETRIES = ofInt("controlled.shutdown.max.retries")
            .defaultsTo(3)
            .limit(Limit.atLeast(1))
            .doc("How often a stopping broker asks to hand over partitions whose other replicas are not in sync.");

    public static final Setting<Long> CONTROLLED_SHUTDOWN_RETRY_BACKOFF_MS = ofLong(
                    "controlled.shutdown.retry.backoff.ms")
            .defaultsTo(5_000L)
            .limit(Limit.atLeast(0))
            .doc("How long, in milliseconds, a stopping broker waits before it asks again.");

    static final List<Setting<?>> ALL = List.of(
            REPLICA_LAG_TIME_MAX_MS,
            REPLICA_FETCH_WAIT_MAX_MS,
            REPLICA_FETCH_MIN_BYTES,
            REPLICA_FETCH_MAX_BYTES,
            REPLICA_FETCH_RESPONSE_MAX_BYTES,
            REPLICA_FETCH_BACKOFF_MS,
            LEADER_REPLICATION_THROTTLED_RATE,
            FOLLOWER_REPLICATION_THROTTLED_RATE,
            REPLICATION_QUOTA_WINDOW_NUM,
            REPLICATION_QUOTA_WINDOW_SIZE_SECONDS,
            REPLICA_SELECTOR_CLASS,
            CONTROLLED_SHUTDOWN_ENABLE,
            CONTROLLED_SHUTDOWN_MAX_RETRIES,
            CONTROLLED_SHUTDOWN_RETRY_BACKOFF_MS);

    private BrokerReplicationSettings() {}
}
