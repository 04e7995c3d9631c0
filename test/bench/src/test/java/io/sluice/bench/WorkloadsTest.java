package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class WorkloadsTest {
    @Test
    void allEightAreThere() {
        assertThat(Workloads.select(List.of()).stream().map(Workload::id).distinct())
                .containsExactlyInAnyOrder("w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8");
    }

    @Test
    void onlyTheNamedOnesRun() {
        assertThat(Workloads.select(List.of("w3", "w1")))
                .extracting(Workload::id)
                .containsExactly("w1", "w3");
    }

    @Test
    void unknownNameIsRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> Workloads.select(List.of("w9")))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("w9")
                .hasMessageContaining("w1, w2");
    }
}
