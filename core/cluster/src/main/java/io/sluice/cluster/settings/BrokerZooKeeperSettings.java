package io.sluice.cluster.settings;

import static io.sluice.cluster.settings.BrokerSetting.ofBoolean;
import static io.sluice.cluster.settings.BrokerSetting.ofList;
import static io.sluice.cluster.settings.BrokerSetting.ofPassword;
import static io.sluice.cluster.settings.BrokerSetting.ofString;

import java.util.List;

/** A broker's settings about who it is to a ZooKeeper that was there before it, and how that is checked. */
public final class BrokerZooKeeperSettings {
    public static final Setting<String> DIGEST = ofPassword("sluice.zookeeper.digest")
            .doc("How the broker shows ZooKeeper who it is: user:password. What it writes is then its own to read and"
                    + " change; the same on all brokers.");

    public static final Setting<Boolean> SSL_CLIENT_ENABLE = ofBoolean("zookeeper.ssl.client.enable")
            .defaultsTo(false)
            .doc("Whether the broker talks to zookeeper.connect over TLS.");

    public static final Setting<String> SSL_TRUSTSTORE_LOCATION = ofString("zookeeper.ssl.truststore.location")
            .doc(
                    "The file of the certificates that ZooKeeper's is checked against; unless set, those that the JVM trusts.");

    public static final Setting<String> SSL_TRUSTSTORE_PASSWORD =
            ofPassword("zookeeper.ssl.truststore.password").doc("The password of zookeeper.ssl.truststore.location.");

    public static final Setting<String> SSL_TRUSTSTORE_TYPE = ofString("zookeeper.ssl.truststore.type")
            .doc("What zookeeper.ssl.truststore.location is: JKS, PKCS12 or PEM; unless set, its ending says so.");

    public static final Setting<String> SSL_KEYSTORE_LOCATION = ofString("zookeeper.ssl.keystore.location")
            .doc("The file of the broker's own key and certificate, where ZooKeeper wants to see one.");

    public static final Setting<String> SSL_KEYSTORE_PASSWORD =
            ofPassword("zookeeper.ssl.keystore.password").doc("The password of zookeeper.ssl.keystore.location.");

    public static final Setting<String> SSL_KEYSTORE_TYPE = ofString("zookeeper.ssl.keystore.type")
            .doc("What zookeeper.ssl.keystore.location is: JKS, PKCS12 or PEM; unless set, its ending says so.");

    public static final Setting<String> SSL_PROTOCOL = ofString("zookeeper.ssl.protocol")
            .defaultsTo("TLSv1.2")
            .limit(Limit.oneOf("TLSv1.2", "TLSv1.3"))
            .doc("The version of TLS to agree on.");

    public static final Setting<List<String>> SSL_ENABLED_PROTOCOLS = ofList("zookeeper.ssl.enabled.protocols")
            .doc("The versions of TLS that are accepted; unless set, zookeeper.ssl.protocol alone.");

    public static final Setting<List<String>> SSL_CIPHER_SUITES =
            ofList("zookeeper.ssl.cipher.suites").doc("The cipher suites that are accepted; unless set, the JVM's.");

    public static final Setting<String> SSL_ENDPOINT_IDENTIFICATION_ALGORITHM = ofString(
                    "zookeeper.ssl.endpoint.identification.algorithm")
            .defaultsTo("HTTPS")
            .doc("HTTPS wants ZooKeeper's certificate to name its host; empty does not.");

    static final List<Setting<?>> ALL = List.of(
            DIGEST,
            SSL_CLIENT_ENABLE,
            SSL_TRUSTSTORE_LOCATION,
            SSL_TRUSTSTORE_PASSWORD,
            SSL_TRUSTSTORE_TYPE,
            SSL_KEYSTORE_LOCATION,
            SSL_KEYSTORE_PASSWORD,
            SSL_KEYSTORE_TYPE,
            SSL_PROTOCOL,
            SSL_ENABLED_PROTOCOLS,
            SSL_CIPHER_SUITES,
            SSL_ENDPOINT_IDENTIFICATION_ALGORITHM);

    private BrokerZooKeeperSettings() {}
}
