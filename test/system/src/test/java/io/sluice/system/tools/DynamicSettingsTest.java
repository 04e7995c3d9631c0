package io.sluice.system.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.BrokerSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** Settings of the whole broker that are altered while it runs, each felt by topics and clients that are there already. */
class DynamicSettingsTest {
    private static BrokerProcess broker;
    private static Admin admin;
    private static KafkaProducer<byte[], byte[]> producer;

    @BeforeAll
    static void start() {
        broker = BrokerProcess.start(BrokerSpec.fresh("dynamic").set("log.retention.check.interval.ms", "500"));
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap()), new ByteArraySerializer(), new ByteArraySerializer());
    }

    @AfterAll
    static void stop() {
        producer.close();
        admin.close();
        broker.close();
    }

    private static void set(String broker, String name, String value) throws Exception {
        alter(broker, new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET));
    }

    private static void delete(String broker, String name) throws Exception {
        alter(broker, new AlterConfigOp(new ConfigEntry(name, null), AlterConfigOp.OpType.DELETE));
    }

    private static void alter(String broker, AlterConfigOp operation) throws Exception {
        admin.incrementalAlterConfigs(
                        Map.of(new ConfigResource(ConfigResource.Type.BROKER, broker), List.of(operation)))
                .all()
                .get(20, TimeUnit.SECONDS);
    }

    private static void create(String topic) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, Optional.of(1), Optional.empty())))
                .all()
                .get(20, TimeUnit.SECONDS);
    }

    private static RecordMetadata send(String topic, int bytes) throws Exception {
        return producer.send(new ProducerRecord<>(topic, 0, 1_000L, null, new byte[bytes]))
                .get(20, TimeUnit.SECONDS);
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(10));
    }

    @Test
    void largestBatch() throws Exception {
        create("largest");
        send("largest", 5_000);
        set("", "message.max.bytes", "1000");
        soon().untilAsserted(() -> assertThatThrownBy(() -> send("largest", 5_000))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(RecordTooLargeException.class));
        delete("", "message.max.bytes");
        soon().ignoreExceptions().until(() -> send("largest", 5_000).hasOffset());
    }

    @Test
    void whoseClockStamps() throws Exception {
        create("stamped");
        TopicPartition partition = new TopicPartition("stamped", 0);
        set("", "log.message.timestamp.type", "LogAppendTime");
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrap()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            soon().until(() -> {
                consumer.seek(partition, send("stamped", 1).offset());
                for (ConsumerRecord<byte[], byte[]> found : consumer.poll(Duration.ofSeconds(5))) {
                    if (found.timestampType() == TimestampType.LOG_APPEND_TIME && found.timestamp() > 1_000) {
                        return true;
                    }
                }
                return false;
            });
        } finally {
            delete("", "log.message.timestamp.type");
        }
    }

    @Test
    void howMuchIsRetained() throws Exception {
        create("retained");
        set("", "log.segment.bytes", "1048576");
        TopicPartition partition = new TopicPartition("retained", 0);
        try {
            for (int i = 0; i < 40; i++) {
                producer.send(new ProducerRecord<>("retained", 0, null, new byte[100_000]));
            }
            producer.flush();
            set("", "log.retention.bytes", "1000000");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(40))
                    .until(() -> admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                                    .partitionResult(partition)
                                    .get()
                                    .offset()
                            > 0);
        } finally {
            delete("", "log.retention.bytes");
            delete("", "log.segment.bytes");
        }
    }

    @Test
    @DisabledIfSystemProperty(named = "sluice.target", matches = "kafka", disabledReason = "there it takes a restart")
    void howManyPartitionsATopicGets() throws Exception {
        set("", "num.partitions", "7");
        try {
            soon().until(() -> {
                String topic = "counted-" + System.nanoTime();
                admin.createTopics(List.of(new NewTopic(topic, Optional.empty(), Optional.empty())))
                        .all()
                        .get(20, TimeUnit.SECONDS);
                return admin.describeTopics(List.of(topic))
                                .allTopicNames()
                                .get(20, TimeUnit.SECONDS)
                                .get(topic)
                                .partitions()
                                .size()
                        == 7;
            });
        } finally {
            delete("", "num.partitions");
        }
    }

    @Test
    void howManyConnectionsAnAddressMayHave() throws Exception {
        set("1", "max.connections.per.ip", "1");
        try {
            soon().untilAsserted(() -> assertThat(isServedAnew()).isFalse());
        } finally {
            delete("1", "max.connections.per.ip");
        }
        soon().untilAsserted(() -> assertThat(isServedAnew()).isTrue());
    }

    /** Whether one who connects now is answered. */
    private static boolean isServedAnew() {
        try (Admin another = Admin.create(Map.of(
                "bootstrap.servers", broker.bootstrap(),
                "request.timeout.ms", "1000",
                "default.api.timeout.ms", "1000"))) {
            return another.describeCluster().nodes().get(5, TimeUnit.SECONDS).size() == 1;
        } catch (ExecutionException | java.util.concurrent.TimeoutException refused) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
