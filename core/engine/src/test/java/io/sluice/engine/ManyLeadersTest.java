package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What a broker's loop does when a broker dies that led many partitions. Each partition changes in a task of its own, so
 * what others ask comes in between; and together they must not take long either.
 */
class ManyLeadersTest {
    private static final String TOPIC = "many";
    /** Of this thread alone, whatever else the machine does meanwhile. */
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** CPU time of the two brokers that are left, which share a loop here, until they have changed and fetch again. */
    private static long failoverNanos(int partitions) {
        EngineCluster cluster = new EngineCluster(Map.of(), 1, 2, 3);
        try {
            cluster.controller.createTopic(TOPIC, partitions, Map.of(), 1, 2, 3);
            cluster.advanceMs(1_000);
            cluster.kill(1);

            long started = THREADS.getCurrentThreadCpuTime();
            cluster.controller.electAll(TOPIC, 2, 2, 3);
            cluster.loop.runAll();
            long nanos = THREADS.getCurrentThreadCpuTime() - started;

            for (int i = 0; i < partitions; i++) {
                assertThat(cluster.partition(2, TOPIC, i).leadership().leading())
                        .isTrue();
                assertThat(cluster.partition(3, TOPIC, i).leadership().leader()).isEqualTo(2);
            }
            List<String> outcome = cluster.append(2, TOPIC, partitions - 1, false, "after");
            cluster.advanceMs(100);
            assertThat(outcome).containsExactly("at 0");
            return nanos;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void thousandLeadersChangeInAShortTimeThatGrowsAsTheirNumberDoes() {
        failoverNanos(1_000); // the compiler's part
        List<Long> small = new ArrayList<>();
        List<Long> large = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            small.add(failoverNanos(500));
            large.add(failoverNanos(5_000));
        }

        System.out.println("ms for 500 " + Collections.min(small) / 1_000_000 + ", for 5,000 "
                + Collections.min(large) / 1_000_000);
        assertThat(Collections.min(large)).isLessThan(40 * Math.max(Collections.min(small), 1_000_000L));
        assertThat(Collections.min(large) / 1_000_000)
                .as("ms for 5,000 partitions on two brokers")
                .isLessThan(2_000);
    }
}
