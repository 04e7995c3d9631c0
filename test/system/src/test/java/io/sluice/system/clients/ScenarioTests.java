package io.sluice.system.clients;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** The scenarios of a class as tests, each on an instance of its own and with the client version's class loader. */
final class ScenarioTests {
    private static final List<String> OF_EVERY_VERSION = List.of(
            "ProduceScenarios",
            "ConsumeScenarios",
            "ClassicGroupScenarios",
            "CommitScenarios",
            "TopicAdminScenarios",
            "ConfigAdminScenarios",
            "GroupAdminScenarios");

    private ScenarioTests() {}

    /** The classes of scenarios that a client of this version can load; not those that want a broken network. */
    static Stream<String> classesFor(ClientVersion version) {
        return Stream.of(
                        OF_EVERY_VERSION.stream(),
                        version.compareTo(ClientVersion.V3_9_2) >= 0 ? Stream.of("TopicIdScenarios") : none(),
                        version == ClientVersion.V4_3_1 ? Stream.of("ConsumerGroupScenarios") : none())
                .flatMap(each -> each);
    }

    private static Stream<String> none() {
        return Stream.of();
    }

    /** All scenarios of {@code io.sluice.system.scenario.<simpleName>} that the client of {@code surroundings} can run. */
    static List<DynamicTest> of(String simpleName, Surroundings surroundings) {
        return of(simpleName, surroundings, method -> true);
    }

    /** The scenarios that hold while brokers restart. */
    static List<DynamicTest> withoutCalm(String simpleName, Surroundings surroundings) {
        return of(simpleName, surroundings, method -> !method.isAnnotationPresent(NeedsCalm.class));
    }

    private static List<DynamicTest> of(String simpleName, Surroundings surroundings, Predicate<Method> wanted) {
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
                .filter(wanted)
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
