package io.sluice.cluster.settings;

import java.util.List;
import java.util.stream.Stream;

/** All settings of a broker. The constants lie by subject in the {@code Broker…Settings} classes beside this one. */
public final class BrokerSettings {
    /** In the order in which they are documented. */
    public static final SettingRegistry ALL = new SettingRegistry(
            SettingDomain.BROKER,
            Stream.of(
                            BrokerClusterSettings.ALL,
                            BrokerZooKeeperSettings.ALL,
                            BrokerNetworkSettings.ALL,
                            BrokerLogSettings.ALL,
                            BrokerReplicationSettings.ALL,
                            BrokerGroupSettings.ALL)
                    .<Setting<?>>flatMap(List::stream)
                    .toList());

    private BrokerSettings() {}
}
