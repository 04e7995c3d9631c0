package io.sluice.cluster.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a file that was written for Kafka. */
class KafkaOnlySettingsTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
                    process.roles; broker,controller; ZooKeeper
                    controller.quorum.voters; 1@localhost:9093; ZooKeeper
                    controller.quorum.bootstrap.servers; localhost:9093; ZooKeeper
                    security.inter.broker.protocol; PLAINTEXT; every listener
                    transaction.state.log.replication.factor; 1; transactions
                    share.coordinator.state.topic.min.isr; 1; share groups
                    log.cleaner.threads; 1; made otherwise
                    leader.replication.throttled.rate; 1000; only while brokers run
                    replica.alter.log.dirs.io.max.bytes.per.second; 1000; in another way
                    inter.broker.protocol.version; 3.0; out of use
                    log.message.format.version; 3.0; out of use
                    """, delimiter = ';')
    void settingWithoutMeaningHereIsPassedOverWithTheReason(String name, String value, String reason) {
        assertThat(KafkaOnlySettings.whyPassedOver(name, value))
                .hasValueSatisfying(why -> assertThat(why).contains(reason));
    }

    @ParameterizedTest
    @CsvSource({
        "ssl.keystore.location, /etc/key",
        "sasl.enabled.mechanisms, PLAIN",
        "authorizer.class.name, Some",
        "super.users, User:a",
        "listener.name.internal.ssl.client.auth, required",
        "security.inter.broker.protocol, SSL",
        "create.topic.policy.class.name, Some",
        "process.roles, controller",
        "remote.log.storage.system.enable, true"
    })
    void settingThatPromisesSomethingIsRefusedWithTheReason(String name, String value) {
        assertThatThrownBy(() -> KafkaOnlySettings.whyPassedOver(name, value))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("Setting " + name + " cannot be honoured: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"num.partitions", "log.cleaner.delete.retention.ms", "num.partitoins", "nosuch"})
    void othersAreNotItsBusiness(String name) {
        assertThat(KafkaOnlySettings.whyPassedOver(name, "1")).isEmpty();
    }

    @Test
    void whoAltersOneWhileTheBrokerRunsIsToldWhyNot() {
        assertThatThrownBy(() -> BrokerSettings.ALL.get("log.cleaner.threads"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("Broker setting log.cleaner.threads has no meaning here: ");
    }

    @Test
    void ofOursOnlyWhatIsSetWhileBrokersRunIsPassedOver() {
        for (Setting<?> setting : BrokerSettings.ALL.all()) {
            assertThat(KafkaOnlySettings.whyPassedOver(setting.name(), "1").isPresent())
                    .as(setting.name())
                    .isEqualTo(setting.change() == Change.AT_RUN_TIME_ONLY);
        }
    }
}
