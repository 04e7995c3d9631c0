package io.sluice.cluster;

import io.sluice.cluster.settings.BrokerGroupSettings;
import io.sluice.cluster.settings.GroupSettings;
import io.sluice.cluster.settings.InvalidSettingException;
import io.sluice.cluster.settings.Setting;
import io.sluice.cluster.settings.SettingLayers;
import java.util.Map;

/** The bounds that the brokers' settings put on those of a single group. */
final class GroupRules {
    private GroupRules() {}

    /**
     * Checks settings as they would stand on a group; those of other resources pass.
     *
     * @throws InvalidSettingException about the first that lies outside
     */
    static void check(SettingLayers layers, ConfigResource resource, Map<String, String> configs) {
        if (resource.type() != ConfigResource.Type.GROUP) {
            return;
        }
        within(
                layers,
                configs,
                GroupSettings.CONSUMER_SESSION_TIMEOUT_MS,
                BrokerGroupSettings.GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS,
                BrokerGroupSettings.GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS);
        within(
                layers,
                configs,
                GroupSettings.CONSUMER_HEARTBEAT_INTERVAL_MS,
                BrokerGroupSettings.GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS,
                BrokerGroupSettings.GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS);
    }

    private static void within(
            SettingLayers layers,
            Map<String, String> configs,
            Setting<Integer> setting,
            Setting<Integer> min,
            Setting<Integer> max) {
        String raw = configs.get(setting.name());
        if (raw == null) {
            return;
        }
        int value = setting.parse(raw);
        if (value < layers.get(min) || value > layers.get(max)) {
            throw new InvalidSettingException(
                    setting.name(),
                    setting.name() + " (" + value + ") must lie between " + min.name() + " (" + layers.get(min)
                            + ") and " + max.name() + " (" + layers.get(max) + ")");
        }
    }
}
