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
 * R20: every scenario while the brokers of a cluster are restarted, cleanly and one after the other, all the time: with
 * the newest Java client, and among the slow tests with the older ones. A program sees nothing of that but slower answers;
 * scenarios that count on more say so ({@link NeedsCalm}).
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
    Stream<DynamicContainer> newestClientGoesOn() {
        return matrix(ClientVersion.V4_3_1);
    }

    @TestFactory
    @Tag("slow")
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicContainer> olderClientsGoOn() {
        return Stream.of(ClientVersion.V2_8_2, ClientVersion.V3_9_2).flatMap(RestartMatrixTest::matrix);
    }

    private static Stream<DynamicContainer> matrix(ClientVersion version) {
        Surroundings surroundings = Surroundings.cluster(cluster, version).whileBrokersRestart();
        return ScenarioTests.classesFor(version)
                .map(name -> DynamicContainer.dynamicContainer(name, ScenarioTests.withoutCalm(name, surroundings)));
    }
}
