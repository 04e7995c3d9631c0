package io.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class SluiceTestTest {
    @Nested
    @SluiceTest(settings = {"num.partitions=3", "auto.create.topics.enable = true"})
    class Annotated {
        private final SluiceBroker fromConstructor;

        Annotated(SluiceBroker broker) {
            fromConstructor = broker;
        }

        @Test
        void annotatedClassSharesOneBroker(SluiceBroker broker) throws Exception {
            assertThat(broker).isSameAs(fromConstructor);
            SluiceBrokerTest.send(broker, "made-by-itself", "hello");
        }
    }

    @Nested
    class Registered {
        @RegisterExtension
        private final SluiceExtension sluice = new SluiceExtension(Map.of("num.partitions", "2"));

        @Test
        void registeredExtensionHandsOutItsBroker(SluiceBroker first, SluiceBroker second) {
            assertThat(first).isSameAs(second);
        }
    }
}
