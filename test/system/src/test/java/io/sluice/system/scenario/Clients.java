package io.sluice.system.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.clients.Surroundings;
import io.sluice.system.harness.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeLogDirsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/** Clients with byte arrays as keys and values, and the few things that most scenarios do with them. */
final class Clients {
    /** Longer than clients themselves wait, and enough for many rebalances while brokers restart on a busy machine. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final Duration POLL = Duration.ofMillis(100);

    private final Surroundings surroundings;

    Clients(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    KafkaProducer<byte[], byte[]> producer(String... settings) {
        Map<String, Object> all = map("acks", "all", "linger.ms", "5", "retry.backoff.ms", "20");
        all.putAll(map(settings));
        all.put("bootstrap.servers", surroundings.bootstrap());
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    KafkaConsumer<byte[], byte[]> consumer(String... settings) {
        Map<String, Object> all = map(
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false",
                "retry.backoff.ms", "20",
                "fetch.max.wait.ms", "100");
        all.putAll(map(settings));
        all.put("bootstrap.servers", surroundings.bootstrap());
        return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** A member of a classic group whose session and heartbeats are short. */
    KafkaConsumer<byte[], byte[]> member(String group, String... settings) {
        List<String> all = new ArrayList<>(
                List.of("group.id", group, "session.timeout.ms", "3000", "heartbeat.interval.ms", "200"));
        Collections.addAll(all, settings);
        return consumer(all.toArray(String[]::new));
    }

    Admin admin() {
        return Admin.create(map("bootstrap.servers", surroundings.bootstrap()));
    }

    /** Creates a topic and returns its name; {@code settings} are names and values in turn. */
    String topic(String stem, int partitions, String... settings) throws Exception {
        String name = surroundings.name(stem);
        Map<String, String> configs = new HashMap<>();
        map(settings).forEach((key, value) -> configs.put(key, value.toString()));
        try (Admin admin = admin()) {
            create(admin, new NewTopic(name, partitions, surroundings.replication()).configs(configs));
            settle(admin);
        }
        return name;
    }

    /** Where brokers stop, an answer may be lost with one, and the client asks again for what is there already. */
    private void create(Admin admin, NewTopic topic) throws Exception {
        try {
            get(admin.createTopics(List.of(topic)).all());
        } catch (TopicExistsException e) {
            if (surroundings.calm()) {
                throw e;
            }
        }
    }

    /**
     * Waits until every broker has taken in what was changed before, as a program must that asks one of several brokers
     * about what it has just changed through another. A broker of Sluice answers a change when it is in force there, so
     * with a single one there is nothing to wait for. Brokers follow changes in order, Kafka's too: where a topic is that
     * was created later, all the rest is.
     */
    void settle(Admin admin) throws Exception {
        if (Target.current() == Target.KAFKA || surroundings.brokers() > 1) {
            String fence = surroundings.name("fence");
            create(admin, new NewTopic(fence, 1, surroundings.replication()));
            Awaitility.await()
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(20))
                    .ignoreExceptions()
                    .until(() -> everyBrokerHas(admin, new TopicPartition(fence, 0)));
        }
    }

    /** What is in its folders a broker says for itself; there are no more brokers than replicas. */
    private boolean everyBrokerHas(Admin admin, TopicPartition partition) throws Exception {
        List<Integer> brokers = new ArrayList<>();
        get(admin.describeCluster().nodes()).forEach(node -> brokers.add(node.id()));
        if (surroundings.calm() && brokers.size() < surroundings.brokers()) {
            return false;
        }
        Map<Integer, Map<String, LogDirDescription>> folders =
                get(admin.describeLogDirs(brokers, new DescribeLogDirsOptions().timeoutMs(2_000))
                        .allDescriptions());
        return folders.values().stream().allMatch(ofBroker -> ofBroker.values().stream()
                .anyMatch(folder -> folder.replicaInfos().containsKey(partition)));
    }

    /** One that keeps its records in order and unique whatever happens, which the oldest client does only if told. */
    KafkaProducer<byte[], byte[]> idempotentProducer(String... settings) {
        List<String> all = new ArrayList<>(List.of("enable.idempotence", "true"));
        Collections.addAll(all, settings);
        return producer(all.toArray(String[]::new));
    }

    /** Sends values {@code from}..{@code to - 1} as decimal text to one partition and returns when all are acked. */
    void send(String topic, int partition, int from, int to) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = idempotentProducer()) {
            for (int i = from; i < to; i++) {
                producer.send(new ProducerRecord<>(topic, partition, null, bytes(i)));
            }
            producer.flush();
        }
    }

    RecordMetadata sendOne(KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record)
            throws Exception {
        return get(producer.send(record));
    }

    /** Polls until {@code count} records have come; fails when they do not come in time. */
    static List<ConsumerRecord<byte[], byte[]>> take(KafkaConsumer<byte[], byte[]> consumer, int count) {
        List<ConsumerRecord<byte[], byte[]>> taken = new ArrayList<>();
        pollUntil(() -> taken.size() >= count, taken, consumer);
        return taken;
    }

    /** Polls these consumers in turn until the condition holds. */
    @SafeVarargs
    static void pollUntil(BooleanSupplier done, KafkaConsumer<byte[], byte[]>... consumers) {
        pollUntil(done, new ArrayList<>(), consumers);
    }

    @SafeVarargs
    static void pollUntil(
            BooleanSupplier done,
            Collection<ConsumerRecord<byte[], byte[]>> taken,
            KafkaConsumer<byte[], byte[]>... consumers) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!done.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as("the condition came true within %s; %d records were read", PATIENCE, taken.size())
                    .isLessThan(deadline);
            for (KafkaConsumer<byte[], byte[]> consumer : consumers) {
                consumer.poll(POLL).forEach(taken::add);
            }
        }
    }

    /** All of a topic's partitions, read from the start by a consumer without a group. */
    List<ConsumerRecord<byte[], byte[]>> readAll(String topic, int partitions, int count, String... settings) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(settings)) {
            consumer.assign(partitions(topic, partitions));
            consumer.seekToBeginning(consumer.assignment());
            return take(consumer, count);
        }
    }

    static List<TopicPartition> partitions(String topic, int count) {
        List<TopicPartition> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(new TopicPartition(topic, i));
        }
        return all;
    }

    static <T> T get(KafkaFuture<T> future) throws Exception {
        return get((java.util.concurrent.Future<T>) future);
    }

    /** Waits for the outcome; throws the error itself, not the wrapping. */
    static <T> T get(java.util.concurrent.Future<T> future) throws Exception {
        try {
            return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    static byte[] bytes(Object value) {
        return value.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    }

    static int number(ConsumerRecord<byte[], byte[]> record) {
        return Integer.parseInt(text(record.value()));
    }

    static Map<String, Object> map(String... namesAndValues) {
        Map<String, Object> all = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            all.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return all;
    }
}
