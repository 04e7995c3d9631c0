package io.sluice.cluster;

import io.sluice.cluster.settings.BrokerClusterSettings;
import io.sluice.cluster.settings.SettingLayers;

/**
 * Whether, how often and from when on leaders are brought back to where they are preferred.
 *
 * @param toleratedPercent which part of the partitions that prefer a broker others may lead
 */
record BalanceSettings(boolean enabled, long intervalMs, int toleratedPercent) {
    /** How many leaders move before clients get a pause to follow them. */
    static final int MOVES_AT_ONCE = 100;

    static final long PAUSE_MS = 1_000;

    static BalanceSettings of(SettingLayers settings) {
        return new BalanceSettings(
                settings.get(BrokerClusterSettings.AUTO_LEADER_REBALANCE_ENABLE),
                1_000 * settings.get(BrokerClusterSettings.LEADER_IMBALANCE_CHECK_INTERVAL_SECONDS),
                settings.get(BrokerClusterSettings.LEADER_IMBALANCE_PER_BROKER_PERCENTAGE));
    }
}
