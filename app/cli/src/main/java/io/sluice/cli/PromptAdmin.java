package io.sluice.cli;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.ForwardingAdmin;

/**
 * An admin client that is closed at once. Kafka's own waits for what is under way, for ever if need be, and a broker that
 * takes connections and says nothing never ends that; a command has waited for all that it wants before it closes.
 */
final class PromptAdmin extends ForwardingAdmin {
    PromptAdmin(Map<String, Object> properties) {
        super(properties);
    }

    @Override
    public void close(Duration timeout) {
        super.close(Duration.ZERO);
    }
}
