package io.sluice.zookeeper;

import io.sluice.cluster.SessionKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.ZKClientConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How ZooKeeper's client is set up: to start fast, without SASL, without TLS where that is not asked for, and to find another server fast. */
final class LightClient {
    private static final Logger LOG = LoggerFactory.getLogger(LightClient.class);

    /** Answers may be larger than requests: the children of a parent with many nodes, or many nodes read at once. */
    private static final int MAX_ANSWER_BYTES = 64 << 20;

    private static final List<String> CLIENT_CLASSES = List.of(
            "org.apache.zookeeper.ZooKeeper",
            "org.apache.zookeeper.ClientCnxn",
            "org.apache.zookeeper.ClientCnxn$SendThread",
            "org.apache.zookeeper.ClientCnxn$EventThread",
            "org.apache.zookeeper.ClientCnxn$Packet",
            "org.apache.zookeeper.ClientCnxnSocketNIO",
            "org.apache.zookeeper.ZKWatchManager",
            "org.apache.zookeeper.client.ConnectStringParser",
            "io.sluice.zookeeper.ServerHosts",
            "org.apache.zookeeper.MultiOperationRecord",
            "org.apache.zookeeper.MultiResponse",
            "org.apache.zookeeper.Op",
            "org.apache.zookeeper.OpResult",
            "org.apache.zookeeper.proto.ConnectRequest",
            "org.apache.zookeeper.proto.ConnectResponse",
            "org.apache.zookeeper.proto.GetDataResponse",
            "org.apache.zookeeper.proto.Create2Response");

    private LightClient() {}

    /** Loads the classes of the client ahead of their first use. */
    static void load() {
        config(Access.OPEN);
        for (String name : CLIENT_CLASSES) {
            try {
                Class.forName(name);
            } catch (ClassNotFoundException e) {
                LOG.debug("class to load ahead is not there name={}", name); // a newer ZooKeeper: nothing is lost
            }
        }
    }

    /** A client of a new session, which tries the servers in the order given. */
    static ZooKeeper open(String hosts, int sessionTimeoutMs, Access access, Watcher watcher) throws IOException {
        ServerHosts servers = new ServerHosts(addresses(hosts), sessionTimeoutMs);
        ZooKeeper client = new ZooKeeper(hosts, sessionTimeoutMs, watcher, false, servers, config(access));
        access.digest().ifPresent(digest -> client.addAuthInfo("digest", digest.getBytes(StandardCharsets.UTF_8)));
        return client;
    }

    /** A client that takes a session over by way of one server, if that serves now. */
    static ZooKeeper takeOver(SessionKey key, OneTry server, int sessionTimeoutMs, Access access, Watcher watcher)
            throws IOException {
        return new ZooKeeper(
                server.toString(), sessionTimeoutMs, watcher, key.id(), key.password(), false, server, config(access));
    }

    /** @param hosts host:port pairs separated by commas */
    static List<InetSocketAddress> addresses(String hosts) {
        return List.copyOf(new ConnectStringParser(hosts).getServerAddresses());
    }

    private static ZKClientConfig config(Access access) {
        ZKClientConfig config = new LightConfig();
        config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
        config.setProperty(ZKClientConfig.JUTE_MAXBUFFER, Integer.toString(MAX_ANSWER_BYTES));
        access.tls().ifPresent(tls -> TlsProperties.put(tls, config));
        return config;
    }

    /** ZooKeeper's reading of system properties loads all of TLS; where TLS is not asked for, that is left out. */
    private static final class LightConfig extends ZKClientConfig {
        @Override
        protected void handleBackwardCompatibility() {
            if (Boolean.getBoolean(ZKClientConfig.SECURE_CLIENT)) {
                super.handleBackwardCompatibility();
            }
        }
    }
}
