package io.sluice.engine;

import io.sluice.cluster.Cluster;
import io.sluice.cluster.ConfigResource;
import io.sluice.cluster.settings.BrokerGroupSettings;
import io.sluice.cluster.settings.SettingLayers;
import io.sluice.engine.group.GroupConfig;
import io.sluice.engine.group.GroupSettings;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** The settings for groups as they hold now; parsed again only when the broker's settings have changed. Any thread. */
final class GroupSettingsView implements GroupSettings {
    private record Parsed(SettingLayers from, GroupConfig config) {}

    private final Cluster cluster;
    private final Supplier<SettingLayers> settings;
    private volatile Parsed parsed;

    GroupSettingsView(Cluster cluster, Supplier<SettingLayers> settings) {
        this.cluster = cluster;
        this.settings = settings;
        SettingLayers now = settings.get();
        this.parsed = new Parsed(now, parse(now));
    }

    @Override
    public GroupConfig broker() {
        SettingLayers now = settings.get();
        Parsed last = parsed;
        if (last.from() != now) {
            last = new Parsed(now, parse(now));
            parsed = last;
        }
        return last.config();
    }

    @Override
    public GroupConfig.Consumer consumer(String groupId) {
        GroupConfig.Consumer general = broker().consumer();
        Map<String, String> own = cluster.image().configs(ConfigResource.group(groupId));
        if (own.isEmpty()) {
            return general;
        }
        SettingLayers layers = settings.get().withGroup(own);
        return general.withSession(
                layers.get(io.sluice.cluster.settings.GroupSettings.CONSUMER_SESSION_TIMEOUT_MS),
                layers.get(io.sluice.cluster.settings.GroupSettings.CONSUMER_HEARTBEAT_INTERVAL_MS));
    }

    private static GroupConfig parse(SettingLayers s) {
        return new GroupConfig(
                new GroupConfig.Classic(
                        s.get(BrokerGroupSettings.GROUP_MIN_SESSION_TIMEOUT_MS),
                        s.get(BrokerGroupSettings.GROUP_MAX_SESSION_TIMEOUT_MS),
                        s.get(BrokerGroupSettings.GROUP_INITIAL_REBALANCE_DELAY_MS),
                        s.get(BrokerGroupSettings.GROUP_MAX_SIZE)),
                new GroupConfig.Consumer(
                        s.get(BrokerGroupSettings.GROUP_CONSUMER_SESSION_TIMEOUT_MS),
                        s.get(BrokerGroupSettings.GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS),
                        s.get(BrokerGroupSettings.GROUP_CONSUMER_MAX_SIZE),
                        s.get(BrokerGroupSettings.GROUP_CONSUMER_ASSIGNORS),
                        GroupConfig.Migration.valueOf(s.get(BrokerGroupSettings.GROUP_CONSUMER_MIGRATION_POLICY)
                                .toUpperCase(Locale.ROOT)),
                        s.get(BrokerGroupSettings.GROUP_CONSUMER_REGEX_REFRESH_INTERVAL_MS)),
                new GroupConfig.Offsets(
                        s.get(BrokerGroupSettings.OFFSET_METADATA_MAX_BYTES),
                        s.get(BrokerGroupSettings.OFFSETS_RETENTION_MINUTES) * 60_000L,
                        s.get(BrokerGroupSettings.OFFSETS_RETENTION_CHECK_INTERVAL_MS)));
    }
}
