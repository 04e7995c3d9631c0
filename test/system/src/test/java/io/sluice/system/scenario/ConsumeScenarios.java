package io.sluice.system.scenario;

import static io.sluice.system.scenario.Clients.bytes;
import static io.sluice.system.scenario.Clients.get;
import static io.sluice.system.scenario.Clients.number;
import static io.sluice.system.scenario.Clients.partitions;
import static io.sluice.system.scenario.Clients.pollUntil;
import static io.sluice.system.scenario.Clients.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.system.clients.ClientVersion;
import io.sluice.system.clients.NeedsCalm;
import io.sluice.system.clients.Scenario;
import io.sluice.system.clients.Surroundings;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reading without a group: positions, limits, look-ups. */
public class ConsumeScenarios {
    private final Surroundings surroundings;
    private final Clients clients;

    public ConsumeScenarios(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.clients = new Clients(surroundings);
    }

    @Scenario
    public void seeksReachEveryOffset() throws Exception {
        String topic = clients.topic("seek", 1);
        TopicPartition partition = new TopicPartition(topic, 0);
        clients.send(topic, 0, 0, 500);
        try (KafkaConsumer<byte[], byte[]> consumer = clients.consumer("max.poll.records", "7")) {
            consumer.assign(List.of(partition));
            for (int offset : new int[] {0, 499, 1, 250, 333, 498}) {
                consumer.seek(partition, offset);
                assertThat(take(consumer, 1).get(0).offset()).isEqualTo(offset);
            }
            consumer.seekToEnd(List.of(partition));
            assertThat(consumer.position(partition)).isEqualTo(500);
            consumer.seekToBeginning(List.of(partition));
            assertThat(consumer.position(partition)).isZero();
            assertThat(number(take(consumer, 1).get(0))).isZero();
        }
    }

    @Scenario
    public void offsetsAreFoundByTimestamp() throws Exception {
        String topic = clients.topic("times", 2);
        long base = System.currentTimeMillis() - 100_000;
        for (String codec : List.of("none", "zstd")) {
            int partition = codec.equals("none") ? 0 : 1;
            try (KafkaProducer<byte[], byte[]> producer =
                    clients.idempotentProducer("compression.type", codec, "batch.size", "2000", "linger.ms", "10")) {
                for (int i = 0; i < 300; i++) {
                    producer.send(new ProducerRecord<>(topic, partition, base + i * 10L, null, bytes(i)));
                }
            }
        }
        try (KafkaConsumer<byte[], byte[]> consumer = clients.consumer()) {
            Map<TopicPartition, Long> query = new HashMap<>();
            for (TopicPartition partition : partitions(topic, 2)) {
                for (int i : new int[] {0, 1, 150, 299}) {
                    // Half-way between two records: the later one is the first at or after.
                    query.put(partition, base + i * 10L - 5);
                    OffsetAndTimestamp found = consumer.offsetsForTimes(query).get(partition);
                    assertThat(found.offset()).isEqualTo(i);
                    assertThat(found.timestamp()).isEqualTo(base + i * 10L);
                }
                query.put(partition, base + 1_000_000);
                assertThat(consumer.offsetsForTimes(query).get(partition)).isNull();
                query.clear();
            }
            assertThat(consumer.beginningOffsets(partitions(topic, 2)).values()).containsOnly(0L);
            assertThat(consumer.endOffsets(partitions(topic, 2)).values()).containsOnly(300L);
        }
    }

    @Scenario
    public void pausedPartitionsStayQuiet() throws Exception {
        String topic = clients.topic("pause", 2);
        clients.send(topic, 0, 0, 100);
        clients.send(topic, 1, 0, 100);
        try (KafkaConsumer<byte[], byte[]> consumer = clients.consumer()) {
            List<TopicPartition> both = partitions(topic, 2);
            consumer.assign(both);
            consumer.pause(List.of(both.get(0)));
            assertThat(take(consumer, 100))
                    .extracting(ConsumerRecord::partition)
                    .containsOnly(1);
            assertThat(consumer.poll(Duration.ofMillis(300)).isEmpty()).isTrue();
            consumer.resume(List.of(both.get(0)));
            assertThat(take(consumer, 100))
                    .extracting(ConsumerRecord::partition)
                    .containsOnly(0);
        }
    }

    @Scenario
    public void startsWhereAutoOffsetResetSays() throws Exception {
        String topic = clients.topic("reset", 1);
        List<TopicPartition> partition = partitions(topic, 1);
        clients.send(topic, 0, 0, 10);
        try (KafkaConsumer<byte[], byte[]> earliest = clients.consumer("group.id", surroundings.name("g"));
                KafkaConsumer<byte[], byte[]> latest =
                        clients.consumer("auto.offset.reset", "latest", "group.id", surroundings.name("g"));
                KafkaConsumer<byte[], byte[]> none =
                        clients.consumer("auto.offset.reset", "none", "group.id", surroundings.name("g"))) {
            earliest.assign(partition);
            latest.assign(partition);
            none.assign(partition);
            assertThat(number(take(earliest, 10).get(0))).isZero();
            assertThat(latest.position(partition.get(0))).isEqualTo(10);
            clients.send(topic, 0, 10, 11);
            assertThat(number(take(latest, 1).get(0))).isEqualTo(10);
            assertThatThrownBy(() -> pollUntil(() -> false, none)).isInstanceOf(NoOffsetForPartitionException.class);
        }
    }

    @Scenario(since = ClientVersion.V4_3_1)
    public void startsByDuration() throws Exception {
        String topic = clients.topic("duration", 1);
        long now = System.currentTimeMillis();
        try (KafkaProducer<byte[], byte[]> producer = clients.producer()) {
            clients.sendOne(producer, new ProducerRecord<>(topic, 0, now - 7_200_000, null, bytes(0)));
            clients.sendOne(producer, new ProducerRecord<>(topic, 0, now - 60_000, null, bytes(1)));
        }
        try (KafkaConsumer<byte[], byte[]> consumer =
                clients.consumer("auto.offset.reset", "by_duration:PT1H", "group.id", surroundings.name("g"))) {
            consumer.assign(partitions(topic, 1));
            assertThat(number(take(consumer, 1).get(0))).isEqualTo(1);
        }
    }

    @Scenario
    public void positionBeyondTheEndIsOutOfRange() throws Exception {
        String topic = clients.topic("range", 1);
        TopicPartition partition = new TopicPartition(topic, 0);
        clients.send(topic, 0, 0, 10);
        try (KafkaConsumer<byte[], byte[]> strict =
                        clients.consumer("auto.offset.reset", "none", "group.id", surroundings.name("g"));
                KafkaConsumer<byte[], byte[]> lenient = clients.consumer()) {
            strict.assign(List.of(partition));
            strict.seek(partition, 1000);
            assertThatThrownBy(() -> pollUntil(() -> false, strict)).isInstanceOf(OffsetOutOfRangeException.class);
            lenient.assign(List.of(partition));
            lenient.seek(partition, 1000);
            assertThat(number(take(lenient, 10).get(0))).isZero();
        }
    }

    @Scenario
    public void tinyFetchLimitsStillMakeProgress() throws Exception {
        String topic = clients.topic("tiny", 3);
        for (int partition = 0; partition < 3; partition++) {
            clients.send(topic, partition, 0, 300);
        }
        List<ConsumerRecord<byte[], byte[]>> records =
                clients.readAll(topic, 3, 900, "fetch.max.bytes", "1", "max.partition.fetch.bytes", "1");
        assertThat(records).hasSize(900);
    }

    @Scenario
    @NeedsCalm("a fetch is answered when its time is up and not before")
    public void fetchWaitsForMinBytes() throws Exception {
        String topic = clients.topic("min-bytes", 1);
        clients.send(topic, 0, 0, 10);
        try (KafkaConsumer<byte[], byte[]> consumer =
                clients.consumer("fetch.min.bytes", "1000000", "fetch.max.wait.ms", "1500")) {
            consumer.assign(partitions(topic, 1));
            consumer.position(new TopicPartition(topic, 0));
            long start = System.nanoTime();
            assertThat(take(consumer, 10)).hasSize(10);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(700));
        }
    }

    @Scenario
    @NeedsCalm("an answer comes within two seconds")
    public void waitingFetchIsWokenByNewData() throws Exception {
        String topic = clients.topic("wake", 1);
        try (KafkaConsumer<byte[], byte[]> consumer = clients.consumer("fetch.max.wait.ms", "4000");
                KafkaProducer<byte[], byte[]> producer = clients.producer("linger.ms", "0")) {
            consumer.assign(partitions(topic, 1));
            clients.sendOne(producer, new ProducerRecord<>(topic, bytes(0)));
            take(consumer, 1);
            consumer.poll(Duration.ofMillis(300));
            long start = System.nanoTime();
            clients.sendOne(producer, new ProducerRecord<>(topic, bytes(1)));
            take(consumer, 1);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        }
    }

    @Scenario
    public void sessionOverManyPartitionsSeesEachChange() throws Exception {
        int count = 40;
        String topic = clients.topic("session", count);
        try (KafkaConsumer<byte[], byte[]> consumer = clients.consumer();
                KafkaProducer<byte[], byte[]> producer = clients.producer()) {
            consumer.assign(partitions(topic, count));
            consumer.seekToBeginning(consumer.assignment());
            consumer.poll(Duration.ofMillis(200));
            Set<TopicPartition> seen = new HashSet<>();
            for (int round = 0; round < 3; round++) {
                for (int partition = round; partition < count; partition += 3) {
                    producer.send(new ProducerRecord<>(topic, partition, null, bytes(partition)));
                }
                producer.flush();
                int expected = (count - round + 2) / 3;
                take(consumer, expected).forEach(r -> seen.add(new TopicPartition(r.topic(), r.partition())));
            }
            assertThat(seen).hasSize(count);
            // A partition leaves the session, the others go on.
            consumer.assign(partitions(topic, count - 1));
            producer.send(new ProducerRecord<>(topic, 5, null, bytes(5)));
            producer.flush();
            pollUntil(() -> consumer.position(new TopicPartition(topic, 5)) == 2, consumer);
        }
    }

    @Scenario
    public void readCommittedSeesPlainRecords() throws Exception {
        String topic = clients.topic("committed", 1);
        clients.send(topic, 0, 0, 50);
        assertThat(clients.readAll(topic, 1, 50, "isolation.level", "read_committed"))
                .hasSize(50);
    }

    @Scenario
    public void subscriberFindsNewPartitions() throws Exception {
        String topic = clients.topic("grow", 1);
        try (KafkaConsumer<byte[], byte[]> consumer =
                        clients.member(surroundings.name("g"), "metadata.max.age.ms", "300");
                Admin admin = clients.admin()) {
            consumer.subscribe(List.of(topic));
            pollUntil(() -> consumer.assignment().size() == 1, consumer);
            get(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3)))
                    .all());
            pollUntil(() -> consumer.assignment().size() == 3, consumer);
            clients.send(topic, 2, 0, 5);
            assertThat(take(consumer, 5)).extracting(ConsumerRecord::partition).containsOnly(2);
        }
    }

    @Scenario
    public void topicsAndPartitionsAreListed() throws Exception {
        String topic = clients.topic("listed", 3);
        try (KafkaConsumer<byte[], byte[]> consumer = clients.consumer()) {
            assertThat(consumer.listTopics().get(topic)).hasSize(3);
            assertThat(consumer.partitionsFor(topic))
                    .allSatisfy(info -> assertThat(info.leader().isEmpty()).isFalse());
        }
    }
}
