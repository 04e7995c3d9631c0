package io.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SluiceBrokerTest {
    @Test
    void brokerServesAnUnmodifiedClient() throws Exception {
        try (SluiceBroker broker = SluiceBroker.start()) {
            broker.createTopic("orders", 1);

            send(broker, "orders", "one");

            assertThat(read(broker, "orders", 1)).containsExactly("one");
        }
    }

    @Test
    void brokerStartsInUnderASecondOnceItsClassesAreLoaded() {
        SluiceBroker.start().close();
        long before = System.nanoTime();

        SluiceBroker broker = SluiceBroker.start();
        Duration start = Duration.ofNanos(System.nanoTime() - before);
        broker.close();
        Duration both = Duration.ofNanos(System.nanoTime() - before);

        // Start and stop together, on a machine that may be busy: a broker takes a tenth of a second or two.
        System.out.printf(
                "started in %d ms, stopped in %d ms%n",
                start.toMillis(), both.minus(start).toMillis());
        assertThat(both).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void restartKeepsDataAndPort() throws Exception {
        try (SluiceBroker broker = SluiceBroker.start()) {
            broker.createTopic("orders", 1);
            send(broker, "orders", "before");
            int port = broker.port();

            broker.restart();

            assertThat(broker.port()).isEqualTo(port);
            send(broker, "orders", "after");
            assertThat(read(broker, "orders", 2)).containsExactly("before", "after");
        }
    }

    @Test
    void crashKeepsWhatWasAcknowledged() throws Exception {
        try (SluiceBroker broker = SluiceBroker.start()) {
            broker.createTopic("orders", 1);
            send(broker, "orders", "acknowledged");

            broker.crashAndRestart();

            assertThat(read(broker, "orders", 1)).containsExactly("acknowledged");
        }
    }

    @Test
    void closeDeletesTheTemporaryData() {
        SluiceBroker broker = SluiceBroker.start();
        Path data = broker.dataFolders().get(0);
        assertThat(data).isDirectory();

        broker.close();

        assertThat(data).doesNotExist();
    }

    @Test
    void dataOfATestsOwnFolderStays(@TempDir Path folder) {
        SluiceBroker.start(Map.of("log.dirs", folder.resolve("mine").toString()))
                .close();

        assertThat(folder.resolve("mine")).isDirectory();
    }

    @Test
    void unknownSettingIsRefused() {
        assertThatThrownBy(() -> SluiceBroker.start(Map.of("num.partition", "1")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("num.partitions");
    }

    static void send(SluiceBroker broker, String topic, String value) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, value)).get(30, TimeUnit.SECONDS);
        }
    }

    static List<String> read(SluiceBroker broker, String topic, int count) {
        Map<String, Object> properties =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest");
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            while (values.size() < count) {
                for (ConsumerRecord<String, String> message : consumer.poll(Duration.ofMillis(200))) {
                    values.add(message.value());
                }
            }
        }
        return values;
    }
}
