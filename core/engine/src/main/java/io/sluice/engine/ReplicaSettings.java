package io.sluice.engine;

import io.sluice.cluster.settings.BrokerReplicationSettings;
import io.sluice.cluster.settings.SettingLayers;

/**
 * How this broker copies partitions, as it was started.
 *
 * @param lagTimeMaxMs after how long a follower that lags leaves the in-sync set
 * @param waitMaxMs how long a fetch waits at the leader
 * @param minBytes how much it waits for
 * @param maxBytes how much it takes of one partition
 * @param responseMaxBytes how much it takes in all
 * @param backoffMs the longest pause after an error
 */
record ReplicaSettings(
        long lagTimeMaxMs, int waitMaxMs, int minBytes, int maxBytes, int responseMaxBytes, int backoffMs) {
    static ReplicaSettings of(SettingLayers settings) {
        return new ReplicaSettings(
                settings.get(BrokerReplicationSettings.REPLICA_LAG_TIME_MAX_MS),
                settings.get(BrokerReplicationSettings.REPLICA_FETCH_WAIT_MAX_MS),
                settings.get(BrokerReplicationSettings.REPLICA_FETCH_MIN_BYTES),
                settings.get(BrokerReplicationSettings.REPLICA_FETCH_MAX_BYTES),
                settings.get(BrokerReplicationSettings.REPLICA_FETCH_RESPONSE_MAX_BYTES),
                settings.get(BrokerReplicationSettings.REPLICA_FETCH_BACKOFF_MS));
    }
}
