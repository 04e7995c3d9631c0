package io.sluice.cluster;

import io.sluice.cluster.settings.SettingLayers;
import io.sluice.cluster.settings.TopicSettings;

/**
 * What a topic's settings say about elections and the in-sync set.
 *
 * @param minIsr min.insync.replicas
 * @param uncleanElection unclean.leader.election.enable
 */
record DurabilityRules(int minIsr, boolean uncleanElection) {
    /** @param broker what holds for brokers in general */
    static DurabilityRules of(SettingLayers broker, TopicImage topic) {
        SettingLayers layers = broker.withTopic(topic.configs());
        return new DurabilityRules(
                layers.get(TopicSettings.MIN_INSYNC_REPLICAS),
                layers.get(TopicSettings.UNCLEAN_LEADER_ELECTION_ENABLE));
    }
}
