package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class WorkloadsTest {
    @Test
    void allEightOnOneBrokerAreThere() {
        assertThat(Workloads.all(false).stream().map(Workload::id).distinct())
                .containsExactlyInAnyOrder("w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8");
        assertThat(Workloads.all(false)).allMatch(workload -> workload.brokers() == 1);
    }

    @Test
    void allSixOnAClusterAreThere() {
        assertThat(Workloads.all(true).stream().map(Workload::id).distinct())
                .containsExactlyInAnyOrder("r1", "r2", "r3", "r4", "r5", "r6");
        assertThat(Workloads.all(true)).allMatch(workload -> workload.brokers() == 3);
    }

    @Test
    void onlyTheNamedOnesRunOnWhateverBrokers() {
        assertThat(Workloads.named(List.of("w3", "r4", "w1")))
                .extracting(Workload::id)
                .containsExactly("w1", "w3", "r4");
    }

    @Test
    void leaderKillIsMeasuredWithBothTimeOuts() {
        assertThat(Workloads.named(List.of("r1")))
                .extracting(Workload::description)
                .satisfiesExactly(
                        defaults -> assertThat(defaults).endsWith("each side's own time-outs"),
                        equal -> assertThat(equal).endsWith("a session time-out of 2000 ms on both sides"));
    }

    @Test
    void unknownNameIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> Workloads.named(List.of("w9")))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("w9")
                .hasMessageContaining("w1, w2")
                .hasMessageContaining("r1, r2");
    }
}
