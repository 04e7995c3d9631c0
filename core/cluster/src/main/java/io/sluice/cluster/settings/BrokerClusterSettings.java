package io.sluice.cluster.settings;

import static io.sluice.cluster.settings.BrokerSetting.ofBoolean;
import static io.sluice.cluster.settings.BrokerSetting.ofInt;
import static io.sluice.cluster.settings.BrokerSetting.ofLong;
import static io.sluice.cluster.settings.BrokerSetting.ofString;
import static io.sluice.cluster.settings.Change.CLUSTER_WIDE;
import static io.sluice.cluster.settings.Change.PER_BROKER;

import java.util.List;

/** A broker's settings about who it is, how it meets the cluster, and how topics come to be. */
public final class BrokerClusterSettings {
    public static final Setting<Integer> BROKER_ID =
            ofInt("broker.id").defaultsTo(1).limit(Limit.atLeast(0)).doc("The older name of node.id.");

    public static final Setting<Integer> NODE_ID = ofInt("node.id")
            .limit(Limit.atLeast(0))
            .fallsBackOn(BROKER_ID)
            .doc("The number of this broker; no two in a cluster have the same.");

    public static final Setting<String> BROKER_RACK =
            ofString("broker.rack").doc("Where the broker stands; replicas of a partition are spread over racks.");

    public static final Setting<String> ZOOKEEPER_CONNECT = ofString("zookeeper.connect")
            .doc("The ZooKeeper ensemble to use: host:port,host:port/path. Unless set, the broker runs one itself.");

    public static final Setting<String> CLUSTER = ofString("sluice.cluster")
            .doc(
                    "The first nodes of a cluster, which run ZooKeeper together: id@host:port,id@host:port,… Each takes the port"
                            + " and the two after it, and node.id says which of them this is; a broker that is none of them joins"
                            + " them. The list is the same on all and stays as it is.");

    public static final Setting<Integer> ZOOKEEPER_SESSION_TIMEOUT_MS = ofInt("zookeeper.session.timeout.ms")
            .defaultsTo(18_000)
            .limit(Limit.atLeast(1_000))
            .doc("After how many silent milliseconds ZooKeeper takes this broker for dead.");

    public static final Setting<Integer> ZOOKEEPER_CONNECTION_TIMEOUT_MS = ofInt("zookeeper.connection.timeout.ms")
            .fallsBackOn(ZOOKEEPER_SESSION_TIMEOUT_MS)
            .limit(Limit.atLeast(1))
            .doc(
                    "How long, in milliseconds, start-up waits for ZooKeeper before it gives up. A node of sluice.cluster, and a"
                            + " broker that has been part of a cluster before, wait as long as it takes, unless this is set.");

    public static final Setting<Integer> NUM_PARTITIONS = ofInt("num.partitions")
            .defaultsTo(1)
            .limit(Limit.atLeast(1))
            .change(CLUSTER_WIDE)
            .doc("How many partitions a topic gets when nobody says.");

    public static final Setting<Integer> DEFAULT_REPLICATION_FACTOR = ofInt("default.replication.factor")
            .defaultsTo(1)
            .limit(Limit.between(1, Short.MAX_VALUE))
            .change(CLUSTER_WIDE)
            .doc("How many replicas a topic gets when nobody says.");

    public static final Setting<Boolean> AUTO_CREATE_TOPICS_ENABLE = ofBoolean("auto.create.topics.enable")
            .defaultsTo(true)
            .doc("Whether a topic is created when a client first asks for it.");

    public static final Setting<Boolean> DELETE_TOPIC_ENABLE =
            ofBoolean("delete.topic.enable").defaultsTo(true).doc("Whether topics can be deleted.");

    public static final Setting<Boolean> AUTO_LEADER_REBALANCE_ENABLE = ofBoolean("auto.leader.rebalance.enable")
            .defaultsTo(true)
            .doc("Whether leaders go back by themselves to the brokers where they are preferred, a few at a time.");

    public static final Setting<Long> LEADER_IMBALANCE_CHECK_INTERVAL_SECONDS = ofLong(
                    "leader.imbalance.check.interval.seconds")
            .defaultsTo(300L)
            .limit(Limit.atLeast(1))
            .doc("How often, in seconds, the controller looks whether leaders should go back.");

    public static final Setting<Integer> LEADER_IMBALANCE_PER_BROKER_PERCENTAGE = ofInt(
                    "leader.imbalance.per.broker.percentage")
            .defaultsTo(10)
            .limit(Limit.between(0, 100))
            .doc("Which part, in percent, of the partitions that prefer a broker others may lead before they go back.");

    public static final Setting<Boolean> CORDONED = ofBoolean("sluice.broker.cordoned")
            .defaultsTo(false)
            .change(PER_BROKER)
            .doc("Whether the broker gets no new replicas; those it has stay. Set it on one broker at run time.");

    static final List<Setting<?>> ALL = List.of(
            NODE_ID,
            BROKER_ID,
            BROKER_RACK,
            ZOOKEEPER_CONNECT,
            CLUSTER,
            ZOOKEEPER_SESSION_TIMEOUT_MS,
            ZOOKEEPER_CONNECTION_TIMEOUT_MS,
            NUM_PARTITIONS,
            DEFAULT_REPLICATION_FACTOR,
            AUTO_CREATE_TOPICS_ENABLE,
            DELETE_TOPIC_ENABLE,
            AUTO_LEADER_REBALANCE_ENABLE,
            LEADER_IMBALANCE_CHECK_INTERVAL_SECONDS,
            LEADER_IMBALANCE_PER_BROKER_PERCENTAGE,
            CORDONED);

    private BrokerClusterSettings() {}
}
