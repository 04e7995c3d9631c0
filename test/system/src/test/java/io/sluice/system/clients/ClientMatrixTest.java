package io.sluice.system.clients;

import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.SharedBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Every scenario with every version of the Java client, against one broker. */
@ExtendWith(SharedBroker.class)
@Execution(ExecutionMode.CONCURRENT)
class ClientMatrixTest {

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> produces(BrokerProcess broker) {
        return matrix("ProduceScenarios", broker);
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> consumes(BrokerProcess broker) {
        return matrix("ConsumeScenarios", broker);
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> joinsGroups(BrokerProcess broker) {
        return matrix("ClassicGroupScenarios", broker);
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> commitsOffsets(BrokerProcess broker) {
        return matrix("CommitScenarios", broker);
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> joinsGroupsOfTheNewProtocol(BrokerProcess broker) {
        return matrix("ConsumerGroupScenarios", broker, ClientVersion.V4_3_1);
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> administersTopics(BrokerProcess broker) {
        return matrix("TopicAdminScenarios", broker);
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> administersTopicsById(BrokerProcess broker) {
        return matrix("TopicIdScenarios", broker, ClientVersion.V3_9_2, ClientVersion.V4_3_1);
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> administersConfigs(BrokerProcess broker) {
        return matrix("ConfigAdminScenarios", broker);
    }

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> administersGroups(BrokerProcess broker) {
        return matrix("GroupAdminScenarios", broker);
    }

    private static Stream<DynamicTest> matrix(String scenarios, BrokerProcess broker) {
        return matrix(scenarios, broker, ClientVersion.values());
    }

    private static Stream<DynamicTest> matrix(String scenarios, BrokerProcess broker, ClientVersion... versions) {
        List<DynamicTest> tests = new ArrayList<>();
        for (ClientVersion version : versions) {
            tests.addAll(ScenarioTests.of(scenarios, Surroundings.oneBroker(broker.bootstrap(), version)));
        }
        return tests.stream();
    }
}
