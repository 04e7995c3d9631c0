package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SteadyProducerTest {
    private static final Topic TOPIC = new Topic("t", Uuid.randomUuid(), 6);

    @Test
    void everyAcknowledgedRecordIsCountedAndGoesToItsPartition() throws Exception {
        MockProducer<byte[], byte[]> client = client(true);
        try (SteadyProducer producer = new SteadyProducer(client, TOPIC, 4)) {
            producer.awaitAcks(10);

            assertThat(producer.stop()).isEqualTo(client.history().size());
            assertThat(client.history()).allMatch(record -> record.partition() == 4);
        }
    }

    @Test
    void recordInFlightWhenTheWaitBeginsDoesNotEndIt() throws Exception {
        MockProducer<byte[], byte[]> client = client(false);
        try (SteadyProducer producer = new SteadyProducer(client, TOPIC, 0)) {
            awaitSent(client, 1);
            CompletableFuture<Long> ack = ackOfLaterRecord(producer);

            client.completeNext();
            awaitSent(client, 2);
            assertThat(ack).isNotDone();

            client.completeNext();
            assertThat(ack.join()).isLessThanOrEqualTo(System.nanoTime());
        }
    }

    @Test
    void refusedRecordEndsEveryWait() throws Exception {
        MockProducer<byte[], byte[]> client = client(false);
        try (SteadyProducer producer = new SteadyProducer(client, TOPIC, 2)) {
            awaitSent(client, 1);
            client.errorNext(new TopicAuthorizationException("no"));

            assertThatThrownBy(() -> producer.awaitAcks(1))
                    .isInstanceOf(BenchException.class)
                    .hasMessageContaining("t-2")
                    .hasMessageContaining("TopicAuthorizationException");
        }
    }

    private static MockProducer<byte[], byte[]> client(boolean acknowledges) {
        return new MockProducer<>(acknowledges, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static void awaitSent(MockProducer<byte[], byte[]> client, int records) {
        while (client.history().size() < records) {
            Thread.onSpinWait();
        }
    }

    /** Returns when the wait has begun. */
    private static CompletableFuture<Long> ackOfLaterRecord(SteadyProducer producer) {
        CompletableFuture<Long> ack = new CompletableFuture<>();
        Thread waiter = new Thread(() -> {
            try {
                ack.complete(producer.awaitAckOfLaterRecord());
            } catch (InterruptedException | RuntimeException failed) {
                ack.completeExceptionally(failed);
            }
        });
        waiter.start();
        while (waiter.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        return ack;
    }
}
