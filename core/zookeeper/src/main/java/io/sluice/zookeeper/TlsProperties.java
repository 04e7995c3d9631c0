package io.sluice.zookeeper;

import java.util.Optional;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ClientX509Util;

/** TLS in the words of ZooKeeper's client, which speaks it over Netty only. */
final class TlsProperties {
    private static final String NETTY = "org.apache.zookeeper.ClientCnxnSocketNetty";

    private TlsProperties() {}

    static void put(Access.Tls tls, ZKClientConfig config) {
        config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
        config.setProperty(ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, NETTY);
        try (ClientX509Util names = new ClientX509Util()) {
            put(
                    tls.trustStore(),
                    config,
                    names.getSslTruststoreLocationProperty(),
                    names.getSslTruststorePasswdProperty(),
                    names.getSslTruststoreTypeProperty());
            put(
                    tls.keyStore(),
                    config,
                    names.getSslKeystoreLocationProperty(),
                    names.getSslKeystorePasswdProperty(),
                    names.getSslKeystoreTypeProperty());
            config.setProperty(names.getSslProtocolProperty(), tls.protocol());
            if (!tls.enabledProtocols().isEmpty()) {
                config.setProperty(names.getSslEnabledProtocolsProperty(), String.join(",", tls.enabledProtocols()));
            }
            if (!tls.cipherSuites().isEmpty()) {
                config.setProperty(names.getSslCipherSuitesProperty(), String.join(",", tls.cipherSuites()));
            }
            config.setProperty(names.getSslHostnameVerificationEnabledProperty(), Boolean.toString(tls.verifyHost()));
        }
    }

    private static void put(
            Optional<Access.Store> store, ZKClientConfig config, String location, String password, String type) {
        store.ifPresent(given -> {
            config.setProperty(location, given.file().toString());
            given.password().ifPresent(secret -> config.setProperty(password, secret));
            given.type().ifPresent(name -> config.setProperty(type, name));
        });
    }
}
