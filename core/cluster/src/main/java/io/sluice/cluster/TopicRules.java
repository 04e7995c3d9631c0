package io.sluice.cluster;

import io.sluice.cluster.settings.InvalidSettingException;
import io.sluice.cluster.settings.SettingLayers;
import io.sluice.cluster.settings.TopicSettings;
import java.util.Map;

/** What the settings of a topic must fulfil together, beyond each one's own range. */
final class TopicRules {
    private TopicRules() {}

    /**
     * Checks settings as they would stand on a topic.
     *
     * @throws InvalidSettingException about the first that does not hold
     */
    static void check(Map<String, String> configs) {
        TopicSettings.ALL.check(configs);
        SettingLayers layers = SettingLayers.ofStatic(Map.of()).withTopic(configs);
        long minLag = layers.get(TopicSettings.MIN_COMPACTION_LAG_MS);
        long maxLag = layers.get(TopicSettings.MAX_COMPACTION_LAG_MS);
        if (minLag > maxLag) {
            throw new InvalidSettingException(
                    TopicSettings.MIN_COMPACTION_LAG_MS.name(),
                    "min.compaction.lag.ms (" + minLag + ") is more than max.compaction.lag.ms (" + maxLag + ")");
        }
    }
}
