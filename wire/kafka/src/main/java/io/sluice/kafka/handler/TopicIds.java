package io.sluice.kafka.handler;

import java.util.UUID;
import org.apache.kafka.common.Uuid;

/** Topic ids in the core's type and in that of Kafka's messages. */
final class TopicIds {
    private TopicIds() {}

    static Uuid toWire(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    static UUID fromWire(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
