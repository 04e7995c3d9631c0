package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.junit.jupiter.api.Test;

class JavaClientsTest {
    /** With equal ones a producer whose leader was dead asked nobody else for two minutes. */
    @Test
    void deadBrokerIsLeftAloneForLongerThanItTakesToAskAnother() {
        Map<String, String> settings = JavaClients.QUICK_RETRIES;

        assertThat(Integer.parseInt(settings.get(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG)))
                .isGreaterThan(Integer.parseInt(settings.get(CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG)));
    }
}
