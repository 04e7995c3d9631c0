package io.sluice.system.crash;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The ledger sees what the kill tests rely on it to see: one bad history for each anomaly. */
class LedgerTest {
    private static final TopicPartition PARTITION = new TopicPartition("topic", 0);

    private final Ledger ledger = new Ledger(List.of(PARTITION));
    private final Ledger.Reader reader = ledger.new Reader(PARTITION, true);

    private void found(long offset, byte[] value) {
        reader.check(new ConsumerRecord<>(PARTITION.topic(), PARTITION.partition(), offset, new byte[0], value));
    }

    private void found(long offset, long number) {
        found(offset, new Payload(1, number).bytes());
    }

    @Test
    void goodHistoryIsAccepted() {
        ledger.acked(PARTITION, 0, new Payload(1, 0));
        ledger.acked(PARTITION, 0, new Payload(1, 0));

        assertThatCode(() -> {
                    found(0, 0);
                    found(1, 1);
                })
                .doesNotThrowAnyException();
    }

    @Test
    void missingOffsetIsSeen() {
        found(0, 0);

        assertThatThrownBy(() -> found(2, 1)).isInstanceOf(AssertionError.class).hasMessageContaining("without gap");
    }

    @Test
    void otherRecordAtAnAckedOffsetIsSeen() {
        ledger.acked(PARTITION, 0, new Payload(2, 0));

        assertThatThrownBy(() -> found(0, 0)).isInstanceOf(AssertionError.class).hasMessageContaining("record acked");
    }

    @Test
    void lostRecordOfAnIdempotentWriterIsSeen() {
        found(0, 0);

        assertThatThrownBy(() -> found(1, 2)).isInstanceOf(AssertionError.class).hasMessageContaining("number");
    }

    @Test
    void repeatedRecordOfAnIdempotentWriterIsSeen() {
        found(0, 0);

        assertThatThrownBy(() -> found(1, 0)).isInstanceOf(AssertionError.class).hasMessageContaining("number");
    }

    @Test
    void tornValueIsSeen() {
        byte[] torn = new Payload(1, 0).bytes();
        torn[torn.length / 2] ^= 1;

        assertThatThrownBy(() -> found(0, torn))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("torn");
    }

    @Test
    void twoAcksForOneOffsetAreSeen() {
        ledger.acked(PARTITION, 0, new Payload(1, 0));

        assertThatThrownBy(() -> ledger.acked(PARTITION, 0, new Payload(1, 1))).isInstanceOf(AssertionError.class);
    }
}
