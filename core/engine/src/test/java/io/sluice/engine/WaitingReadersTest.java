package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitingReadersTest {
    private final WaitingReaders readers = new WaitingReaders();
    private final List<String> woken = new ArrayList<>();

    private void wait(String name, boolean leavesWhenWoken) {
        ReadWaiter waiter = new ReadWaiter() {
            @Override
            protected void wake() {
                woken.add(name);
                if (leavesWhenWoken) {
                    readers.remove(this);
                }
            }
        };
        waiter.arm(0);
        readers.add(waiter, 0);
    }

    @Test
    void oneThatLeavesWhenWokenHidesNoOther() {
        wait("first", false);
        wait("second", true);
        wait("third", true);
        wait("fourth", false);
        readers.offer(1);
        assertThat(woken).containsExactlyInAnyOrder("first", "second", "third", "fourth");
    }
}
