package io.sluice.system.clients;

import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.harness.SharedCluster;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Every scenario against three brokers that keep three copies and want two in sync: with the newest Java client, or with
 * {@code -Dsluice.matrix=all} and among the slow tests with every version.
 */
@ExtendWith(SharedCluster.class)
@DisabledIfSystemProperty(named = "sluice.target", matches = "kafka", disabledReason = "Kafka is run as one broker")
@Execution(ExecutionMode.CONCURRENT)
class ClusterMatrixTest {

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicContainer> newestClient(BrokerCluster cluster) {
        return matrix(cluster, Stream.of(ClientVersion.V4_3_1));
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicContainer> olderClientsWhereAskedFor(BrokerCluster cluster) {
        return "all".equals(System.getProperty("sluice.matrix"))
                ? matrix(cluster, Stream.of(ClientVersion.V2_8_2, ClientVersion.V3_9_2))
                : Stream.of();
    }

    @TestFactory
    @Tag("slow")
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicContainer> everyClient(BrokerCluster cluster) {
        return matrix(cluster, Stream.of(ClientVersion.values()));
    }

    private static Stream<DynamicContainer> matrix(BrokerCluster cluster, Stream<ClientVersion> versions) {
        return versions.flatMap(version -> {
            Surroundings surroundings = Surroundings.cluster(cluster, version);
            return ScenarioTests.classesFor(version)
                    .map(name -> DynamicContainer.dynamicContainer(name, ScenarioTests.of(name, surroundings)));
        });
    }
}
