package io.sluice.cluster.settings;

import java.util.List;

/** What can be set on a single consumer group; what is not set comes from the brokers' settings. */
public final class GroupSettings {
    public static final Setting<Integer> CONSUMER_SESSION_TIMEOUT_MS = ofInt("consumer.session.timeout.ms")
            .limit(Limit.atLeast(1))
            .change(Change.CLUSTER_WIDE)
            .fallsBackOn(BrokerGroupSettings.GROUP_CONSUMER_SESSION_TIMEOUT_MS)
            .doc("After how many silent milliseconds a member of this group is taken for dead.");

    public static final Setting<Integer> CONSUMER_HEARTBEAT_INTERVAL_MS = ofInt("consumer.heartbeat.interval.ms")
            .limit(Limit.atLeast(1))
            .change(Change.CLUSTER_WIDE)
            .fallsBackOn(BrokerGroupSettings.GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS)
            .doc("How often, in milliseconds, members of this group are told to send heartbeats.");

    public static final SettingRegistry ALL = new SettingRegistry(
            SettingDomain.GROUP, List.of(CONSUMER_SESSION_TIMEOUT_MS, CONSUMER_HEARTBEAT_INTERVAL_MS));

    private GroupSettings() {}

    private static Setting.Draft<Integer> ofInt(String name) {
        return Setting.define(SettingDomain.GROUP, name, Parser.INT);
    }
}
