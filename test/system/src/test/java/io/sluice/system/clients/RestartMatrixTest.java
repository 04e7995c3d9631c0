package io.sluice.system.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.harness.RestartsInTurn;
import io.sluice.system.harness.SharedCluster;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * R20: scenarios with the newest client while the brokers of a cluster are restarted, cleanly and one after the other,
 * all the time. A program sees nothing of that but slower answers.
 */
@DisabledIfSystemProperty(named = "sluice.target", matches = "kafka", disabledReason = "Kafka is run as one broker")
@Execution(ExecutionMode.CONCURRENT)
class RestartMatrixTest {
    private static BrokerCluster cluster;
    private static RestartsInTurn restarts;

    @BeforeAll
    static void start() {
        cluster = SharedCluster.start("restart-matrix");
        restarts = RestartsInTurn.begin(cluster);
    }

    @AfterAll
    static void stop() throws InterruptedException {
        try {
            restarts.end(cluster.ids().size());
            System.out.println("restarts " + restarts.count());
            assertThat(restarts.problems()).isEmpty();
        } finally {
            cluster.close();
        }
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicContainer> producingAndCommittingGoOn() {
        return matrix(Stream.of("ProduceScenarios", "CommitScenarios"));
    }

    @TestFactory
    @Tag("slow")
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicContainer> everythingGoesOn() {
        return matrix(ScenarioTests.classesFor(ClientVersion.V4_3_1));
    }

    private static Stream<DynamicContainer> matrix(Stream<String> classes) {
        Surroundings surroundings =
                Surroundings.cluster(cluster, ClientVersion.V4_3_1).whileBrokersRestart();
        return classes.map(
                name -> DynamicContainer.dynamicContainer(name, ScenarioTests.withoutCalm(name, surroundings)));
    }
}
