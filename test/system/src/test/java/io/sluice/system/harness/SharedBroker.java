package io.sluice.system.harness;

import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the one broker process that those share which do it no harm. It lives until the last test has run. */
public final class SharedBroker implements ParameterResolver {
    /** Let a test see a crashed member go without waiting 45 seconds, and retention work soon. */
    static final Map<String, String> SHORT_SESSIONS = Map.of(
            "group.min.session.timeout.ms", "1000",
            "group.consumer.min.session.timeout.ms", "3000",
            "group.consumer.session.timeout.ms", "5000",
            "group.consumer.min.heartbeat.interval.ms", "500",
            "group.consumer.heartbeat.interval.ms", "500",
            "log.retention.check.interval.ms", "1000");

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == BrokerProcess.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(SharedBroker.class))
                .getOrComputeIfAbsent("broker", key -> new Resource(start()), Resource.class)
                .broker;
    }

    private static BrokerProcess start() {
        BrokerSpec spec = BrokerSpec.fresh("shared");
        for (Map.Entry<String, String> setting : SHORT_SESSIONS.entrySet()) {
            spec = spec.set(setting.getKey(), setting.getValue());
        }
        return BrokerProcess.start(spec);
    }

    private record Resource(BrokerProcess broker) implements AutoCloseable {
        @Override
        public void close() {
            broker.close();
        }
    }
}
