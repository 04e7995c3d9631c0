package io.sluice.testkit;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Gives JUnit 5 tests a broker, either through {@link SluiceTest} or registered by hand. In a static field one broker
 * serves all tests of the class, in an instance field each test gets a new one:
 *
 * <pre>{@code
 * @RegisterExtension
 * static final SluiceExtension sluice = new SluiceExtension(Map.of("num.partitions", "3"));
 *
 * @Test
 * void orderIsStored(SluiceBroker broker) { … }
 * }</pre>
 */
public final class SluiceExtension implements BeforeAllCallback, BeforeEachCallback, ParameterResolver {
    private final Map<String, String> settings;
    private final Namespace namespace = Namespace.create(SluiceExtension.class, this);

    /** A broker with the settings of a test. */
    public SluiceExtension() {
        this(Map.of());
    }

    /** A broker with settings of its own, as in {@link SluiceBroker#start(Map)}. */
    public SluiceExtension(Map<String, String> settings) {
        this.settings = Map.copyOf(settings);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        broker(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        broker(context);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == SluiceBroker.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return broker(context);
    }

    /** JUnit looks in the stores of the outer contexts too, and closes what a store holds when its context ends. */
    private SluiceBroker broker(ExtensionContext context) {
        return context.getStore(namespace)
                .getOrComputeIfAbsent("broker", key -> new Held(SluiceBroker.start(settingsOf(context))), Held.class)
                .broker;
    }

    private Map<String, String> settingsOf(ExtensionContext context) {
        Map<String, String> all = new HashMap<>(settings);
        context.getTestClass()
                .flatMap(type -> AnnotationSupport.findAnnotation(type, SluiceTest.class))
                .ifPresent(annotation -> {
                    for (String setting : annotation.settings()) {
                        int equals = setting.indexOf('=');
                        if (equals < 0) {
                            throw new IllegalArgumentException("@SluiceTest wants name=value, not " + setting);
                        }
                        all.put(
                                setting.substring(0, equals).strip(),
                                setting.substring(equals + 1).strip());
                    }
                });
        return all;
    }

    /** What JUnit before 5.13 closes as well; later it closes any AutoCloseable. */
    @SuppressWarnings("deprecation")
    private static final class Held implements ExtensionContext.Store.CloseableResource {
        private final SluiceBroker broker;

        private Held(SluiceBroker broker) {
            this.broker = broker;
        }

        @Override
        public void close() {
            broker.close();
        }
    }
}
