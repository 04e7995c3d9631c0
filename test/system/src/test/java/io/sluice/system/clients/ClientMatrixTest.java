package io.sluice.system.clients;

import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.SharedBroker;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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
            Surroundings surroundings = new Surroundings(broker.bootstrap(), version, Optional.empty());
            tests.addAll(scenariosOf(scenarios, surroundings));
        }
        return tests.stream();
    }

    /** The scenarios of one class as tests, each on an instance of its own. */
    static List<DynamicTest> scenariosOf(String simpleName, Surroundings surroundings) {
        ClientVersion version = surroundings.client();
        Class<?> type;
        try {
            type = version.loader().loadClass("io.sluice.system.scenario." + simpleName);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
        return Arrays.stream(type.getMethods())
                .filter(method -> method.isAnnotationPresent(Scenario.class))
                .filter(method -> runsWith(method.getAnnotation(Scenario.class), version))
                .sorted(Comparator.comparing(Method::getName))
                .map(method -> DynamicTest.dynamicTest(
                        version.version() + " " + method.getName(), () -> run(type, method, surroundings)))
                .toList();
    }

    private static boolean runsWith(Scenario scenario, ClientVersion version) {
        return scenario.since().compareTo(version) <= 0 && scenario.until().compareTo(version) >= 0;
    }

    private static void run(Class<?> type, Method method, Surroundings surroundings) throws Throwable {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // The client loads serializers, assignors and metric reporters through the context loader.
        thread.setContextClassLoader(surroundings.client().loader());
        try {
            method.invoke(type.getConstructor(Surroundings.class).newInstance(surroundings));
        } catch (InvocationTargetException e) {
            throw e.getCause();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}
