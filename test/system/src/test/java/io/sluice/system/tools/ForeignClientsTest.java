package io.sluice.system.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.SharedBroker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Clients in other languages against one broker. */
@ExtendWith(SharedBroker.class)
@Execution(ExecutionMode.CONCURRENT)
class ForeignClientsTest {
    private final String suffix = Long.toString(ProcessHandle.current().pid());

    @Test
    void kcatWorks(BrokerProcess broker) {
        assertThat(ForeignClients.calm(broker.bootstrap(), suffix).kcat()).hasSize(11);
    }

    @Test
    void kafkajsWorks(BrokerProcess broker) {
        assertThat(ForeignClients.calm(broker.bootstrap(), suffix).kafkajs()).hasSize(9);
    }
}
