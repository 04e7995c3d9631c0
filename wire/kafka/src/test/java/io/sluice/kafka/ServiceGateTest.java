package io.sluice.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceGateTest {
    private final List<String> ran = new ArrayList<>();

    @Test
    void whatWaitsRunsWhenTheGateOpens() {
        ServiceGate gate = new ServiceGate();
        gate.whenOpen(() -> ran.add("waited"));
        assertThat(ran).isEmpty();
        gate.open();
        assertThat(gate.isOpen()).isTrue();
        assertThat(ran).containsExactly("waited");
    }

    @Test
    void openGateHoldsNobodyBack() {
        ServiceGate.opened().whenOpen(() -> ran.add("at once"));
        assertThat(ran).containsExactly("at once");
    }
}
