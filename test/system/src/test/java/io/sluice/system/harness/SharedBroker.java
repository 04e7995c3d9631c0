package io.sluice.system.harness;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests the one broker process that those share which do it no harm. It lives until the last test has run. */
public final class SharedBroker implements ParameterResolver {
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
        // Short sessions let a test see a crashed member go without waiting 45 seconds.
        return BrokerProcess.start(BrokerSpec.fresh("shared")
                .set("group.min.session.timeout.ms", "1000")
                .set("group.consumer.min.session.timeout.ms", "3000")
                .set("group.consumer.session.timeout.ms", "5000")
                .set("group.consumer.min.heartbeat.interval.ms", "500")
                .set("group.consumer.heartbeat.interval.ms", "500")
                .set("log.retention.check.interval.ms", "1000"));
    }

    private record Resource(BrokerProcess broker) implements AutoCloseable {
        @Override
        public void close() {
            broker.close();
        }
    }
}
