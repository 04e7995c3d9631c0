package io.sluice.system.harness;

import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the three brokers that those share which do them no harm: replication factor 3, min.insync.replicas 2. They
 * live until the last test has run.
 */
public final class SharedCluster implements ParameterResolver {
    public static final int BROKERS = 3;
    public static final int MIN_IN_SYNC = 2;

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == BrokerCluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(SharedCluster.class))
                .getOrComputeIfAbsent("cluster", key -> new Resource(start("shared-cluster")), Resource.class)
                .cluster;
    }

    /** A cluster of its own for a test that does it harm, like the shared one. */
    public static BrokerCluster start(String purpose) {
        Map<String, String> settings = new java.util.HashMap<>(SharedBroker.SHORT_SESSIONS);
        settings.put("min.insync.replicas", Integer.toString(MIN_IN_SYNC));
        settings.put("offsets.topic.num.partitions", "5");
        settings.put("zookeeper.session.timeout.ms", "6000");
        return BrokerCluster.start(purpose, BROKERS, settings);
    }

    private record Resource(BrokerCluster cluster) implements AutoCloseable {
        @Override
        public void close() {
            cluster.close();
        }
    }
}
