package io.sluice.zookeeper;

import java.util.List;
import org.apache.zookeeper.client.ZKClientConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How ZooKeeper's client is set up so that it starts fast: without SASL, and without TLS where that is not asked for. */
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
            "org.apache.zookeeper.client.StaticHostProvider",
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
        config();
        for (String name : CLIENT_CLASSES) {
            try {
                Class.forName(name);
            } catch (ClassNotFoundException e) {
                LOG.debug("class to load ahead is not there name={}", name); // a newer ZooKeeper: nothing is lost
            }
        }
    }

    static ZKClientConfig config() {
        ZKClientConfig config = new LightConfig();
        config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
        config.setProperty(ZKClientConfig.JUTE_MAXBUFFER, Integer.toString(MAX_ANSWER_BYTES));
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
