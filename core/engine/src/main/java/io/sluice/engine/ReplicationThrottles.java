package io.sluice.engine;

import io.sluice.base.Loops;
import io.sluice.cluster.settings.BrokerReplicationSettings;
import io.sluice.cluster.settings.SettingLayers;
import io.sluice.replication.RateWindows;

/**
 * A broker's rates in both directions.
 *
 * @param leading what it gives to replicas that are not in sync
 * @param following what it copies while it is not in sync
 */
record ReplicationThrottles(ReplicationThrottle leading, ReplicationThrottle following) {
    /** Without a rate until an image brings one. @param settings what the broker was started with */
    static ReplicationThrottles of(Loops loops, SettingLayers settings) {
        RateWindows.Shape shape = new RateWindows.Shape(
                settings.get(BrokerReplicationSettings.REPLICATION_QUOTA_WINDOW_NUM),
                settings.get(BrokerReplicationSettings.REPLICATION_QUOTA_WINDOW_SIZE_SECONDS) * 1_000L);
        return new ReplicationThrottles(new ReplicationThrottle(loops, shape), new ReplicationThrottle(loops, shape));
    }

    /** Keeps the rates that hold now. @return whether one is another than before. On the control loop. */
    boolean keep(SettingLayers settings) {
        boolean changed = leading.keep(settings.get(BrokerReplicationSettings.LEADER_REPLICATION_THROTTLED_RATE));
        changed |= following.keep(settings.get(BrokerReplicationSettings.FOLLOWER_REPLICATION_THROTTLED_RATE));
        return changed;
    }
}
