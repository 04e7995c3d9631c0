package io.sluice.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Describing and altering settings. */
class ConfigHandlersTest {
    private static final byte SET = 0;
    private static final byte UNKNOWN_OPERATION = 9;

    private static TestBroker broker;
    private static WireClient client;

    @BeforeAll
    static void start() throws Exception {
        broker = TestBroker.start(Map.of("log.retention.hours", "2"));
        client = broker.connect();
        client.ask(
                ApiKeys.METADATA,
                12,
                new MetadataRequestData().setTopics(List.of(new MetadataRequestTopic().setName("topic"))));
    }

    @AfterAll
    static void stop() throws Exception {
        client.close();
        broker.close();
    }

    @Test
    void describedSettingSaysWhereItComesFrom() throws Exception {
        DescribeConfigsResourceResult entry = only(describe(Type.TOPIC, "topic", List.of("retention.ms")));

        assertThat(entry.value()).isEqualTo("7200000");
        assertThat(entry.configSource()).as("static broker config").isEqualTo((byte) 4);
        assertThat(entry.configType()).as("long").isEqualTo((byte) 5);
        assertThat(entry.synonyms().get(0).name()).isEqualTo("log.retention.hours");
        assertThat(entry.documentation()).isNotEmpty();
        assertThat(entry.readOnly()).isFalse();
    }

    @Test
    void brokerTellsWhatCannotBeAltered() throws Exception {
        assertThat(only(describe(Type.BROKER, "1", List.of("node.id"))).readOnly())
                .isTrue();
        assertThat(only(describe(Type.BROKER, "1", List.of("log.retention.ms"))).readOnly())
                .isFalse();
    }

    @Test
    void otherBrokersAndUnknownTopicsAreRefusedByName() throws Exception {
        DescribeConfigsResult other = describe(Type.BROKER, "77", List.of());
        assertThat(other.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(other.errorMessage()).contains("77");

        DescribeConfigsResult unknown = describe(Type.TOPIC, "nope", List.of());
        assertThat(unknown.errorCode()).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(unknown.errorMessage()).contains("nope");
    }

    @Test
    void namesThatNoTopicCanHaveAreToldApart() throws Exception {
        assertThat(describe(Type.TOPIC, "a b", List.of()).errorCode()).isEqualTo(Errors.INVALID_TOPIC_EXCEPTION.code());
    }

    @Test
    void brokerAltersItsOwnSettingsOnly() throws Exception {
        AlterConfigsResourceResponse other = alter(Type.BROKER, "77", SET, "log.retention.ms", "9000");

        assertThat(other.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(other.errorMessage()).contains("77");
    }

    @Test
    void loggersAndClientMetricsHaveNoSettings() throws Exception {
        assertThat(describe(Type.BROKER_LOGGER, "1", List.of()).configs()).isEmpty();
        assertThat(describe(Type.CLIENT_METRICS, "any", List.of()).configs()).isEmpty();
        assertThat(alter(Type.BROKER_LOGGER, "1", SET, "root", "INFO").errorCode())
                .isEqualTo(Errors.INVALID_REQUEST.code());
    }

    @Test
    void defaultOfAllBrokersTellsOnlyWhatWasSet() throws Exception {
        assertThat(describe(Type.BROKER, "", List.of()).configs()).isEmpty();

        alter(Type.BROKER, "", SET, "message.max.bytes", "123456");

        assertThat(only(describe(Type.BROKER, "", List.of())).value()).isEqualTo("123456");
        assertThat(only(describe(Type.TOPIC, "topic", List.of("max.message.bytes")))
                        .value())
                .isEqualTo("123456");
    }

    @Test
    void alteringNamesWhatIsWrong() throws Exception {
        AlterConfigsResourceResponse operation = alter(Type.TOPIC, "topic", UNKNOWN_OPERATION, "retention.ms", "1");
        assertThat(operation.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());

        AlterConfigsResourceResponse missing = alter(Type.TOPIC, "topic", SET, "retention.ms", null);
        assertThat(missing.errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        assertThat(missing.errorMessage()).contains("retention.ms");

        AlterConfigsResourceResponse misspelt = alter(Type.TOPIC, "topic", SET, "retention.m", "1");
        assertThat(misspelt.errorCode()).isEqualTo(Errors.INVALID_CONFIG.code());
        assertThat(misspelt.errorMessage()).contains("retention.ms");
    }

    @Test
    void resourcesAreListedByKind() throws Exception {
        ListConfigResourcesResponseData topics = client.ask(
                ApiKeys.LIST_CONFIG_RESOURCES,
                1,
                new ListConfigResourcesRequestData().setResourceTypes(List.of(Type.TOPIC.id())));
        assertThat(topics.configResources())
                .extracting(one -> one.resourceName())
                .containsExactly("topic");

        ListConfigResourcesResponseData unknown = client.ask(
                ApiKeys.LIST_CONFIG_RESOURCES, 1, new ListConfigResourcesRequestData().setResourceTypes(List.of((byte)
                                99)));
        assertThat(unknown.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
    }

    private static DescribeConfigsResult describe(Type type, String name, List<String> keys) throws Exception {
        DescribeConfigsResponseData answer = client.ask(
                ApiKeys.DESCRIBE_CONFIGS,
                4,
                new DescribeConfigsRequestData()
                        .setIncludeSynonyms(true)
                        .setIncludeDocumentation(true)
                        .setResources(List.of(new DescribeConfigsResource()
                                .setResourceType(type.id())
                                .setResourceName(name)
                                .setConfigurationKeys(keys.isEmpty() ? null : keys))));
        return answer.results().get(0);
    }

    private static DescribeConfigsResourceResult only(DescribeConfigsResult result) {
        assertThat(result.configs()).hasSize(1);
        return result.configs().get(0);
    }

    private static AlterConfigsResourceResponse alter(
            Type type, String name, byte operation, String setting, String value) throws Exception {
        AlterConfigsResource resource =
                new AlterConfigsResource().setResourceType(type.id()).setResourceName(name);
        resource.configs()
                .add(new AlterableConfig()
                        .setName(setting)
                        .setConfigOperation(operation)
                        .setValue(value));
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource);
        IncrementalAlterConfigsResponseData answer = client.ask(ApiKeys.INCREMENTAL_ALTER_CONFIGS, 1, request);
        return answer.responses().get(0);
    }
}
