package io.sluice.system.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.settings.BrokerSettings;
import io.sluice.cluster.settings.InvalidSettingException;
import io.sluice.cluster.settings.KafkaOnlySettings;
import java.util.ArrayList;
import java.util.List;
import kafka.server.KafkaConfig;
import org.junit.jupiter.api.Test;

/** Whatever a broker of Apache Kafka 4.3.1 can be set to is known here: as a setting, or as one that is answered for. */
class KafkaSettingsTest {
    @Test
    void everySettingOfKafkasBrokerIsKnown() {
        List<String> unknown = new ArrayList<>();
        for (String name : KafkaConfig.configDef().names()) {
            if (BrokerSettings.ALL.find(name).isEmpty() && !isAnsweredFor(name)) {
                unknown.add(name);
            }
        }
        assertThat(unknown).isEmpty();
    }

    private static boolean isAnsweredFor(String name) {
        try {
            return KafkaOnlySettings.whyPassedOver(name, "any").isPresent();
        } catch (InvalidSettingException refusedWithItsReason) {
            return true;
        }
    }
}
