package io.sluice.system.clients;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A group member in a process of its own, so that it can be killed. Arguments: topic, then settings as name=value. */
public final class MemberMain {
    private MemberMain() {}

    public static void main(String[] arguments) {
        Map<String, Object> settings = new HashMap<>();
        for (int i = 1; i < arguments.length; i++) {
            String[] parts = arguments[i].split("=", 2);
            settings.put(parts[0], parts[1]);
        }
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(arguments[0]));
            while (!Thread.interrupted()) {
                consumer.poll(Duration.ofMillis(100));
            }
        }
    }
}
