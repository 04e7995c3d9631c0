package io.sluice.system.scenario;

import static io.sluice.system.scenario.Clients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.system.clients.ClientVersion;
import io.sluice.system.clients.Scenario;
import io.sluice.system.clients.Surroundings;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.AlterConfigsResult;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.awaitility.Awaitility;

/** Settings as the admin client sees and changes them; changes are felt without a restart. */
public class ConfigAdminScenarios {
    private final Surroundings surroundings;
    private final Clients clients;

    public ConfigAdminScenarios(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.clients = new Clients(surroundings);
    }

    private static ConfigResource topicResource(String name) {
        return new ConfigResource(ConfigResource.Type.TOPIC, name);
    }

    private static Config describe(Admin admin, ConfigResource resource) throws Exception {
        DescribeConfigsOptions options =
                new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true);
        return get(admin.describeConfigs(List.of(resource), options).all()).get(resource);
    }

    private void alter(Admin admin, ConfigResource resource, AlterConfigOp... ops) throws Exception {
        Map<ConfigResource, Collection<AlterConfigOp>> request = Map.of(resource, List.of(ops));
        get(admin.incrementalAlterConfigs(request).all());
        clients.settle(admin);
    }

    private static AlterConfigOp op(String name, String value, AlterConfigOp.OpType type) {
        return new AlterConfigOp(new ConfigEntry(name, value), type);
    }

    @Scenario
    public void topicSettingsComeWithSourceTypeSynonymsAndWords() throws Exception {
        ConfigResource topic = topicResource(clients.topic("described", 1, "retention.ms", "123456"));
        try (Admin admin = clients.admin()) {
            Config config = describe(admin, topic);
            ConfigEntry set = config.get("retention.ms");
            assertThat(set.value()).isEqualTo("123456");
            assertThat(set.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
            assertThat(set.type()).isEqualTo(ConfigEntry.ConfigType.LONG);
            assertThat(set.isDefault()).isFalse();
            assertThat(set.isReadOnly()).isFalse();
            assertThat(set.documentation()).isNotBlank();
            assertThat(set.synonyms()).isNotEmpty();
            assertThat(set.synonyms().get(0).name()).isEqualTo("retention.ms");
            assertThat(set.synonyms().get(0).source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);

            ConfigEntry untouched = config.get("max.message.bytes");
            assertThat(untouched.value()).isEqualTo("1048588");
            assertThat(untouched.source()).isEqualTo(ConfigEntry.ConfigSource.DEFAULT_CONFIG);
            assertThat(untouched.synonyms())
                    .extracting(ConfigEntry.ConfigSynonym::name)
                    .contains("message.max.bytes");
            assertThat(config.get("cleanup.policy").type()).isEqualTo(ConfigEntry.ConfigType.LIST);
            assertThat(config.get("segment.bytes").value()).isEqualTo("1073741824");
            assertThat(config.get("min.insync.replicas").value()).isEqualTo(Integer.toString(surroundings.minInSync()));
        }
    }

    @Scenario
    public void brokerSettingsAreDescribed() throws Exception {
        try (Admin admin = clients.admin()) {
            String id = get(admin.describeCluster().nodes()).iterator().next().idString();
            Config config = describe(admin, new ConfigResource(ConfigResource.Type.BROKER, id));
            assertThat(config.get("log.dirs").source()).isEqualTo(ConfigEntry.ConfigSource.STATIC_BROKER_CONFIG);
            assertThat(config.get("log.dirs").isReadOnly()).isTrue();
            assertThat(config.get("num.partitions").value()).isEqualTo("1");
            assertThat(config.get("message.max.bytes").value()).isEqualTo("1048588");
            assertThat(config.get("message.max.bytes").documentation()).isNotBlank();
        }
    }

    @Scenario
    public void changedSizeLimitIsFeltAtOnce() throws Exception {
        String name = clients.topic("limit", 1);
        ConfigResource topic = topicResource(name);
        try (Admin admin = clients.admin();
                KafkaProducer<byte[], byte[]> producer = clients.producer()) {
            clients.sendOne(producer, new ProducerRecord<>(name, new byte[5000]));
            alter(admin, topic, op("max.message.bytes", "1000", AlterConfigOp.OpType.SET));
            Awaitility.await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThatThrownBy(
                            () -> clients.sendOne(producer, new ProducerRecord<>(name, new byte[5000])))
                    .isInstanceOf(RecordTooLargeException.class));
            assertThat(describe(admin, topic).get("max.message.bytes").value()).isEqualTo("1000");
            alter(admin, topic, op("max.message.bytes", "", AlterConfigOp.OpType.DELETE));
            Awaitility.await().atMost(Duration.ofSeconds(5)).ignoreExceptions().until(() -> clients.sendOne(
                            producer, new ProducerRecord<>(name, new byte[5000]))
                    .hasOffset());
            assertThat(describe(admin, topic).get("max.message.bytes").isDefault())
                    .isTrue();
        }
    }

    @Scenario
    public void changedRetentionDeletesOldSegments() throws Exception {
        String name = clients.topic("retention", 1, "segment.bytes", "1048576");
        TopicPartition partition = new TopicPartition(name, 0);
        try (KafkaProducer<byte[], byte[]> producer = clients.producer()) {
            for (int i = 0; i < 40; i++) {
                producer.send(new ProducerRecord<>(name, new byte[100_000]));
            }
        }
        try (Admin admin = clients.admin();
                KafkaConsumer<byte[], byte[]> consumer = clients.consumer()) {
            assertThat(consumer.beginningOffsets(List.of(partition)).get(partition))
                    .isZero();
            alter(admin, topicResource(name), op("retention.bytes", "1000000", AlterConfigOp.OpType.SET));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> consumer.beginningOffsets(List.of(partition)).get(partition) > 0);
            assertThat(consumer.endOffsets(List.of(partition)).get(partition)).isEqualTo(40);
        }
    }

    @Scenario
    public void listsAreAppendedToAndSubtractedFrom() throws Exception {
        ConfigResource topic = topicResource(clients.topic("list", 1, "cleanup.policy", "delete"));
        try (Admin admin = clients.admin()) {
            alter(admin, topic, op("cleanup.policy", "compact", AlterConfigOp.OpType.APPEND));
            assertThat(describe(admin, topic).get("cleanup.policy").value().split(","))
                    .containsExactlyInAnyOrder("delete", "compact");
            alter(admin, topic, op("cleanup.policy", "delete", AlterConfigOp.OpType.SUBTRACT));
            assertThat(describe(admin, topic).get("cleanup.policy").value()).isEqualTo("compact");
            assertThatThrownBy(() -> alter(admin, topic, op("retention.ms", "5", AlterConfigOp.OpType.APPEND)))
                    .isInstanceOfAny(InvalidConfigurationException.class, InvalidRequestException.class);
        }
    }

    @Scenario
    public void wrongSettingsAreRefusedAndChangeNothing() throws Exception {
        ConfigResource topic = topicResource(clients.topic("wrong", 1));
        try (Admin admin = clients.admin()) {
            assertThatThrownBy(() -> alter(admin, topic, op("no.such.setting", "1", AlterConfigOp.OpType.SET)))
                    .isInstanceOf(InvalidConfigurationException.class)
                    .hasMessageContaining("no.such.setting");
            assertThatThrownBy(() -> alter(
                            admin,
                            topic,
                            op("segment.bytes", "2000000", AlterConfigOp.OpType.SET),
                            op("retention.ms", "many", AlterConfigOp.OpType.SET)))
                    .isInstanceOf(InvalidConfigurationException.class)
                    .hasMessageContaining("retention.ms");
            assertThat(describe(admin, topic).get("segment.bytes").isDefault()).isTrue();
            assertThatThrownBy(() -> alter(
                            admin, topicResource("no-such-topic"), op("retention.ms", "1", AlterConfigOp.OpType.SET)))
                    .isInstanceOf(UnknownTopicOrPartitionException.class);
            assertThatThrownBy(() -> describe(admin, topicResource("no-such-topic")))
                    .isInstanceOf(UnknownTopicOrPartitionException.class);
            get(admin.incrementalAlterConfigs(
                            Map.of(topic, List.of(op("retention.ms", "77", AlterConfigOp.OpType.SET))),
                            new AlterConfigsOptions().validateOnly(true))
                    .all());
            assertThat(describe(admin, topic).get("retention.ms").isDefault()).isTrue();
        }
    }

    /** The older call replaces all that was set; the client dropped it in 4.0, the protocol did not. */
    @Scenario(until = ClientVersion.V3_9_2)
    public void legacyAlterReplacesEverything() throws Exception {
        ConfigResource topic = topicResource(clients.topic("legacy", 1, "retention.ms", "1000"));
        try (Admin admin = clients.admin()) {
            Config config = new Config(List.of(new ConfigEntry("segment.ms", "60000")));
            AlterConfigsResult result = (AlterConfigsResult)
                    Admin.class.getMethod("alterConfigs", Map.class).invoke(admin, Map.of(topic, config));
            get(result.all());
            clients.settle(admin);
            Config after = describe(admin, topic);
            assertThat(after.get("segment.ms").value()).isEqualTo("60000");
            assertThat(after.get("retention.ms").isDefault()).isTrue();
        }
    }

    @Scenario(since = ClientVersion.V4_3_1)
    public void configResourcesAreListed() throws Exception {
        String name = clients.topic("resources", 1, "retention.ms", "1000");
        try (Admin admin = clients.admin()) {
            Collection<ConfigResource> all = get(admin.listConfigResources(
                            java.util.Set.of(ConfigResource.Type.TOPIC),
                            new org.apache.kafka.clients.admin.ListConfigResourcesOptions())
                    .all());
            assertThat(all).contains(topicResource(name));
        }
    }
}
