package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class ProducerLimitTest {
    private final ProducerStates states = new ProducerStates();

    private void write(long producerId, long nowMs, int attributes) {
        ByteBuffer batch = ByteBuffer.allocate(BatchHeader.SIZE);
        batch.putShort(21, (short) attributes).putLong(43, producerId);
        states.apply(batch, 0, nowMs);
    }

    @Test
    void inventedProducersPushOutTheOldest() {
        for (int id = 0; id < ProducerStates.MOST; id++) {
            write(id, 1_000 + id, 0);
        }
        write(0, 1_000_000, 0); // the first one speaks again
        write(1_000_000, 1_000_001, 0);
        assertThat(states.count()).isLessThan(ProducerStates.MOST).isGreaterThan(ProducerStates.MOST / 2);
        assertThat(states.find(0)).isNotNull();
        assertThat(states.find(1)).isNull();
        assertThat(states.find(ProducerStates.MOST - 1)).isNotNull();
        assertThat(states.find(1_000_000)).isNotNull();
    }

    @Test
    void producersMayAllBeOfOneMoment() {
        for (int id = 0; id <= 2 * ProducerStates.MOST; id++) {
            write(id, 1_000, 0);
            assertThat(states.count()).isLessThanOrEqualTo(ProducerStates.MOST);
        }
        assertThat(states.find(2 * ProducerStates.MOST)).isNotNull();
    }

    @Test
    void aProducerWithAnOpenTransactionIsNotForgotten() {
        int transactional = 0x10;
        write(7_000_000, 1, transactional);
        for (int id = 0; id <= ProducerStates.MOST; id++) {
            write(id, 1_000 + id, 0);
        }
        assertThat(states.find(7_000_000)).isNotNull();
    }
}
