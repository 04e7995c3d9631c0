package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReadWaiterTest {
    private int woken;
    private final ReadWaiter waiter = new ReadWaiter() {
        @Override
        protected void wake() {
            woken++;
        }
    };

    @Test
    void firesOnceWhenTheHighWatermarkPassesTheOffset() {
        waiter.arm(10);
        waiter.offer(10);
        assertThat(woken).isZero();
        waiter.offer(11);
        waiter.offer(12);
        assertThat(woken).isEqualTo(1);
    }

    @Test
    void disarmedStaysSilent() {
        waiter.arm(1);
        waiter.disarm();
        waiter.offer(Long.MAX_VALUE);
        waiter.offerChange();
        assertThat(woken).isZero();
    }

    @Test
    void aChangeWakesWhoeverIsArmed() {
        waiter.arm(1000);
        waiter.offerChange();
        assertThat(woken).isEqualTo(1);
    }
}
