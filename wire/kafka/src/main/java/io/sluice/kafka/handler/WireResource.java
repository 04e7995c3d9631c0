package io.sluice.kafka.handler;

import io.sluice.cluster.ConfigResource;
import java.util.Optional;

/**
 * What a config request is about, in Kafka's terms: some kinds of resource have no settings here.
 *
 * @param type the code on the wire, which may be unknown
 */
record WireResource(byte type, String name) {
    static final byte TOPIC = org.apache.kafka.common.config.ConfigResource.Type.TOPIC.id();
    static final byte BROKER = org.apache.kafka.common.config.ConfigResource.Type.BROKER.id();
    static final byte BROKER_LOGGER = org.apache.kafka.common.config.ConfigResource.Type.BROKER_LOGGER.id();
    static final byte CLIENT_METRICS = org.apache.kafka.common.config.ConfigResource.Type.CLIENT_METRICS.id();
    static final byte GROUP = org.apache.kafka.common.config.ConfigResource.Type.GROUP.id();

    /** The resource that carries settings, if this kind does. */
    Optional<ConfigResource> resource() {
        if (type == TOPIC) {
            return Optional.of(ConfigResource.topic(name));
        }
        if (type == BROKER) {
            return Optional.of(new ConfigResource(ConfigResource.Type.BROKER, name));
        }
        return type == GROUP ? Optional.of(ConfigResource.group(name)) : Optional.empty();
    }

    /** Why there are no settings to alter. */
    String notServed() {
        if (type == BROKER_LOGGER) {
            return "The log levels of broker " + name + " are set in its logging configuration";
        }
        if (type == CLIENT_METRICS) {
            return "Client metrics subscription '" + name + "': this broker does not collect metrics of clients";
        }
        return "Resource '" + name + "' is of the unknown kind " + type;
    }
}
