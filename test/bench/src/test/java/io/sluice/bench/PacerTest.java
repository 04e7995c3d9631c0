package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PacerTest {
    @Test
    void recordsAreDueAtEvenDistances() {
        Pacer pacer = new Pacer(2_000, 1_000);

        assertThat(pacer.dueNanos(0)).isEqualTo(1_000);
        assertThat(pacer.dueNanos(4_000)).isEqualTo(1_000 + TimeUnit.SECONDS.toNanos(2));
    }

    @Test
    void lateSenderIsToldWhenTheRecordWasDueNotWhenItCame() {
        long start = System.nanoTime() - TimeUnit.SECONDS.toNanos(10);
        Pacer pacer = new Pacer(1, start);

        assertThat(pacer.await(3)).isEqualTo(start + TimeUnit.SECONDS.toNanos(3));
    }

    @Test
    void earlySenderWaits() {
        long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(5);

        long due = new Pacer(1, start).await(0);

        assertThat(System.nanoTime()).isGreaterThanOrEqualTo(due);
    }
}
