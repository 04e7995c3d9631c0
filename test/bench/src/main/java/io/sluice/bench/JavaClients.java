package io.sluice.bench;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The official clients with their own defaults, but for what is named. */
final class JavaClients {
    /**
     * For whoever waits for a broker to come back: asks for the leader every 20 ms, where the defaults start with
     * 100 ms and double that up to a second, so that what is left of a pause is the brokers' own. A broker that refuses
     * connections must be left alone for longer than that: each refusal puts the question off by the same 20 ms, so
     * with equal times a client that knows only the dead leader asks nobody else, for as long as its records last.
     */
    static final Map<String, String> QUICK_RETRIES = Map.of(
            CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG, "20",
            CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG, "20",
            CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, "50",
            CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, "50");

    private JavaClients() {}

    static Admin admin(String bootstrap, Map<String, String> settings) {
        Map<String, Object> config = new HashMap<>(settings);
        config.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        return Admin.create(config);
    }

    static KafkaProducer<byte[], byte[]> producer(String bootstrap, Map<String, String> settings) {
        Map<String, Object> config = new HashMap<>(settings);
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        config.putIfAbsent(ProducerConfig.ACKS_CONFIG, "all");
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    static KafkaConsumer<byte[], byte[]> consumer(String bootstrap, Map<String, String> settings) {
        Map<String, Object> config = new HashMap<>(settings);
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
