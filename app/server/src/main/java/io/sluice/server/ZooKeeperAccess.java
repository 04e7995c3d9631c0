package io.sluice.server;

import io.sluice.cluster.settings.BrokerZooKeeperSettings;
import io.sluice.cluster.settings.Setting;
import io.sluice.cluster.settings.SettingLayers;
import io.sluice.zookeeper.Access;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads {@code sluice.zookeeper.digest} and {@code zookeeper.ssl.*}. */
final class ZooKeeperAccess {
    private ZooKeeperAccess() {}

    /** @param given whether ZooKeeper was there before; the one that brokers run speaks no TLS */
    static Access of(SettingLayers settings, boolean given) throws StartupException {
        Optional<String> digest = settings.find(BrokerZooKeeperSettings.DIGEST).filter(text -> !text.isBlank());
        if (digest.isPresent() && digest.get().indexOf(':') < 1) {
            throw new StartupException("sluice.zookeeper.digest takes user:password, and the value given has no user");
        }
        if (!settings.get(BrokerZooKeeperSettings.SSL_CLIENT_ENABLE)) {
            return new Access(digest, Optional.empty());
        }
        if (!given) {
            throw new StartupException(
                    "zookeeper.ssl.client.enable is for a ZooKeeper named by zookeeper.connect; the one"
                            + " that brokers run themselves speaks no TLS: keep its ports to a network of their own");
        }
        return new Access(digest, Optional.of(tls(settings)));
    }

    private static Access.Tls tls(SettingLayers settings) throws StartupException {
        return new Access.Tls(
                store(
                        settings,
                        BrokerZooKeeperSettings.SSL_TRUSTSTORE_LOCATION,
                        BrokerZooKeeperSettings.SSL_TRUSTSTORE_PASSWORD,
                        BrokerZooKeeperSettings.SSL_TRUSTSTORE_TYPE),
                store(
                        settings,
                        BrokerZooKeeperSettings.SSL_KEYSTORE_LOCATION,
                        BrokerZooKeeperSettings.SSL_KEYSTORE_PASSWORD,
                        BrokerZooKeeperSettings.SSL_KEYSTORE_TYPE),
                settings.get(BrokerZooKeeperSettings.SSL_PROTOCOL),
                settings.find(BrokerZooKeeperSettings.SSL_ENABLED_PROTOCOLS).orElse(List.of()),
                settings.find(BrokerZooKeeperSettings.SSL_CIPHER_SUITES).orElse(List.of()),
                !settings.get(BrokerZooKeeperSettings.SSL_ENDPOINT_IDENTIFICATION_ALGORITHM)
                        .isBlank());
    }

    private static Optional<Access.Store> store(
            SettingLayers settings, Setting<String> location, Setting<String> password, Setting<String> type)
            throws StartupException {
        Optional<String> file = settings.find(location);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        Path path = Path.of(file.get());
        if (!Files.isReadable(path)) {
            throw new StartupException(location.name() + " is " + path + ", which cannot be read");
        }
        return Optional.of(new Access.Store(path, settings.find(password), settings.find(type)));
    }
}
