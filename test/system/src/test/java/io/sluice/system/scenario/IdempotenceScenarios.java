package io.sluice.system.scenario;

import static io.sluice.system.scenario.Clients.bytes;
import static io.sluice.system.scenario.Clients.get;
import static io.sluice.system.scenario.Clients.number;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.clients.Scenario;
import io.sluice.system.clients.Surroundings;
import io.sluice.system.harness.FaultyProxy;
import io.sluice.system.harness.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** An idempotent producer whose connections are cut and whose answers get lost: nothing twice, nothing out of order. */
public class IdempotenceScenarios {
    private static final int PARTITIONS = 3;
    private static final int RECORDS = 3_000;

    private final Surroundings surroundings;
    private final Clients clients;

    public IdempotenceScenarios(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.clients = new Clients(surroundings);
    }

    @Scenario
    public void t1RetriesNeitherDuplicateNorReorder() throws Exception {
        String topic = clients.topic("retries", PARTITIONS);
        FaultyProxy proxy = surroundings.proxy().orElseThrow();
        Random random = new Random(42);
        List<Future<RecordMetadata>> acks = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = clients.producer(
                "enable.idempotence", "true",
                "max.in.flight.requests.per.connection", "5",
                "linger.ms", "0",
                "batch.size", "300",
                "delivery.timeout.ms", "60000",
                "request.timeout.ms", "5000",
                "reconnect.backoff.ms", "10",
                "reconnect.backoff.max.ms", "50")) {
            for (int i = 0; i < RECORDS; i++) {
                if (Target.current() == Target.KAFKA && i == PARTITIONS) {
                    // Kafka may refuse the first batches after a topic's creation and take later ones.
                    for (Future<RecordMetadata> ack : acks) {
                        get(ack);
                    }
                }
                acks.add(producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, bytes(i))));
                if (i % 100 == 99) {
                    // Let some of it through, then spoil the rest, so that requests are lost on either way.
                    get(acks.get(i - random.nextInt(60)));
                    if (random.nextBoolean()) {
                        proxy.swallowAnswers(1 + random.nextInt(3));
                    } else {
                        proxy.cutAll();
                    }
                }
            }
            for (Future<RecordMetadata> ack : acks) {
                get(ack);
            }
        }
        proxy.swallowAnswers(0);
        assertThat(proxy.faults()).isGreaterThan(10);

        List<ConsumerRecord<byte[], byte[]>> records = clients.readAll(topic, PARTITIONS, RECORDS);
        assertThat(records).as("each record once").hasSize(RECORDS);
        int[] next = {0, 1, 2};
        for (ConsumerRecord<byte[], byte[]> record : records) {
            assertThat(number(record)).isEqualTo(next[record.partition()]);
            next[record.partition()] += PARTITIONS;
            assertThat(get(acks.get(number(record))).offset()).isIn(record.offset(), -1L);
        }
    }
}
