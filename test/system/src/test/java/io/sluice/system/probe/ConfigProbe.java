package io.sluice.system.probe;

import static org.apache.kafka.common.protocol.ApiKeys.ALTER_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.INCREMENTAL_ALTER_CONFIGS;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_CONFIG_RESOURCES;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;

/** Settings of topics, brokers and groups: described, with where they come from, and altered. */
final class ConfigProbe {
    private static final String BROKER = "1";
    private static final byte SET = 0;
    private static final byte DELETE = 1;
    private static final byte APPEND = 2;
    private static final byte SUBTRACT = 3;

    private final Probe probe;
    private final TopicFixtures topics;

    private ConfigProbe(Probe probe) {
        this.probe = probe;
        this.topics = new TopicFixtures(probe);
    }

    static void run(Probe probe) throws IOException {
        ConfigProbe asks = new ConfigProbe(probe);
        asks.describe();
        asks.alterTopics();
        asks.alterBrokers();
        asks.alterGroups();
        asks.alterOthers();
        asks.replace();
        asks.list();
    }

    private static DescribeConfigsRequestData describe(Type type, String name, String... keys) {
        return new DescribeConfigsRequestData()
                .setResources(List.of(new DescribeConfigsResource()
                        .setResourceType(type.id())
                        .setResourceName(name)
                        .setConfigurationKeys(List.of(keys))));
    }

    private static DescribeConfigsRequestData withSynonyms(Type type, String name, String... keys) {
        return describe(type, name, keys).setIncludeSynonyms(true);
    }

    private void describe() throws IOException {
        String topic = topics.create(1);
        probe.each("topic", DESCRIBE_CONFIGS, withSynonyms(Type.TOPIC, topic, "retention.ms"));
        probe.each("topic, list", DESCRIBE_CONFIGS, withSynonyms(Type.TOPIC, topic, "cleanup.policy"));
        probe.each("topic, size", DESCRIBE_CONFIGS, withSynonyms(Type.TOPIC, topic, "max.message.bytes"));
        probe.each("topic, double", DESCRIBE_CONFIGS, withSynonyms(Type.TOPIC, topic, "min.cleanable.dirty.ratio"));
        probe.each("topic, boolean", DESCRIBE_CONFIGS, withSynonyms(Type.TOPIC, topic, "preallocate"));
        probe.each("topic, without synonyms", DESCRIBE_CONFIGS, describe(Type.TOPIC, topic, "segment.bytes"));
        probe.each("topic, unknown setting", DESCRIBE_CONFIGS, describe(Type.TOPIC, topic, "nosuch"));
        probe.each("topic, with documentation", DESCRIBE_CONFIGS, (v, name) -> describe(Type.TOPIC, topic, "flush.ms")
                .setIncludeDocumentation(true));
        probe.each("unknown topic", DESCRIBE_CONFIGS, (v, name) -> describe(Type.TOPIC, name, "flush.ms"));
        probe.each("illegal topic name", DESCRIBE_CONFIGS, describe(Type.TOPIC, "no/such", "flush.ms"));
        probe.each("empty topic name", DESCRIBE_CONFIGS, describe(Type.TOPIC, "", "flush.ms"));
        probe.each("broker", DESCRIBE_CONFIGS, withSynonyms(Type.BROKER, BROKER, "log.retention.ms"));
        probe.each("broker, hours", DESCRIBE_CONFIGS, withSynonyms(Type.BROKER, BROKER, "log.retention.hours"));
        probe.each(
                "broker, from its file",
                DESCRIBE_CONFIGS,
                withSynonyms(Type.BROKER, BROKER, "offsets.topic.num.partitions"));
        probe.each("broker, list", DESCRIBE_CONFIGS, withSynonyms(Type.BROKER, BROKER, "log.cleanup.policy"));
        probe.each("broker, number of threads", DESCRIBE_CONFIGS, withSynonyms(Type.BROKER, BROKER, "num.io.threads"));
        probe.each("broker, unknown setting", DESCRIBE_CONFIGS, describe(Type.BROKER, BROKER, "nosuch"));
        probe.each("another broker", DESCRIBE_CONFIGS, describe(Type.BROKER, "77", "log.retention.ms"));
        probe.each("broker that is no number", DESCRIBE_CONFIGS, describe(Type.BROKER, "one", "log.retention.ms"));
        probe.each("all brokers", DESCRIBE_CONFIGS, withSynonyms(Type.BROKER, "", "log.retention.ms"));
        probe.each("another broker's loggers", DESCRIBE_CONFIGS, describe(Type.BROKER_LOGGER, "77", "root"));
        probe.each("loggers of no broker", DESCRIBE_CONFIGS, describe(Type.BROKER_LOGGER, "", "root"));
        probe.each("client metrics", DESCRIBE_CONFIGS, (v, name) -> describe(Type.CLIENT_METRICS, name, "interval.ms"));
        probe.each("client metrics without a name", DESCRIBE_CONFIGS, describe(Type.CLIENT_METRICS, "", "interval.ms"));
        probe.each(
                "group", DESCRIBE_CONFIGS, (v, name) -> withSynonyms(Type.GROUP, name, "consumer.session.timeout.ms"));
        probe.each("empty group name", DESCRIBE_CONFIGS, describe(Type.GROUP, "", "consumer.session.timeout.ms"));
        probe.each("unknown kind", DESCRIBE_CONFIGS, (v, name) -> new DescribeConfigsRequestData()
                .setResources(List.of(
                        new DescribeConfigsResource().setResourceType((byte) 99).setResourceName("any"))));
        probe.each("nothing", DESCRIBE_CONFIGS, new DescribeConfigsRequestData());
    }

    private record Edit(byte operation, String name, String value) {}

    private static Edit set(String name, String value) {
        return new Edit(SET, name, value);
    }

    private static IncrementalAlterConfigsRequestData alter(Type type, String name, Edit... edits) {
        IncrementalAlterConfigsRequestData.AlterConfigsResource resource =
                new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType(type.id())
                        .setResourceName(name);
        for (Edit edit : edits) {
            // A collection with unique keys: mustAdd keeps a setting that comes twice.
            resource.configs()
                    .mustAdd(new IncrementalAlterConfigsRequestData.AlterableConfig()
                            .setName(edit.name)
                            .setConfigOperation(edit.operation)
                            .setValue(edit.value));
        }
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource);
        return request;
    }

    /** Alters a fresh topic, and shows what it has then. */
    private void altersTopic(String title, String shown, Edit... edits) throws IOException {
        List<String> altered = new ArrayList<>();
        probe.each(title, INCREMENTAL_ALTER_CONFIGS, (v, name) -> {
            altered.add(topics.create(1));
            return alter(Type.TOPIC, altered.get(altered.size() - 1), edits);
        });
        String last = altered.get(altered.size() - 1);
        probe.each("after: " + title, DESCRIBE_CONFIGS, withSynonyms(Type.TOPIC, last, shown));
    }

    private void alterTopics() throws IOException {
        altersTopic("set", "max.message.bytes", set("max.message.bytes", "12345"));
        altersTopic("set with spaces", "max.message.bytes", set("max.message.bytes", " 12345 "));
        altersTopic("unknown setting", "max.message.bytes", set("nosuch", "1"));
        altersTopic("no number", "max.message.bytes", set("max.message.bytes", "soon"));
        altersTopic("out of range", "max.message.bytes", set("max.message.bytes", "-5"));
        altersTopic("no value", "max.message.bytes", set("max.message.bytes", null));
        altersTopic("empty value", "max.message.bytes", set("max.message.bytes", ""));
        altersTopic("delete what is not set", "max.message.bytes", new Edit(DELETE, "max.message.bytes", null));
        altersTopic("append to a number", "max.message.bytes", new Edit(APPEND, "max.message.bytes", "1"));
        altersTopic("append", "cleanup.policy", new Edit(APPEND, "cleanup.policy", "compact"));
        altersTopic("append what is there", "cleanup.policy", new Edit(APPEND, "cleanup.policy", "delete"));
        altersTopic("subtract", "cleanup.policy", new Edit(SUBTRACT, "cleanup.policy", "delete"));
        altersTopic("subtract what is not there", "cleanup.policy", new Edit(SUBTRACT, "cleanup.policy", "compact"));
        altersTopic("compact and delete", "cleanup.policy", set("cleanup.policy", "compact,delete"));
        altersTopic("unknown policy", "cleanup.policy", set("cleanup.policy", "shred"));
        altersTopic("unknown operation", "max.message.bytes", new Edit((byte) 9, "max.message.bytes", "1"));
        altersTopic("timestamp type", "message.timestamp.type", set("message.timestamp.type", "LogAppendTime"));
        altersTopic("unknown timestamp type", "message.timestamp.type", set("message.timestamp.type", "Never"));
        altersTopic("compression", "compression.type", set("compression.type", "zstd"));
        altersTopic("unknown compression", "compression.type", set("compression.type", "zip"));
        altersTopic("segment too small", "segment.bytes", set("segment.bytes", "10"));
        altersTopic(
                "throttled replicas",
                "leader.replication.throttled.replicas",
                set("leader.replication.throttled.replicas", "0:1"));
        altersTopic(
                "badly throttled replicas",
                "leader.replication.throttled.replicas",
                set("leader.replication.throttled.replicas", "zero"));
        altersTopic("min in sync", "min.insync.replicas", set("min.insync.replicas", "0"));
        altersTopic("two settings, one bad", "max.message.bytes", set("max.message.bytes", "7"), set("flush.ms", "no"));
        altersTopic("nothing", "max.message.bytes");
        altersTopic("twice", "max.message.bytes", set("max.message.bytes", "7"), set("max.message.bytes", "8"));
        probe.each(
                "unknown topic",
                INCREMENTAL_ALTER_CONFIGS,
                (v, name) -> alter(Type.TOPIC, name, set("max.message.bytes", "7")));
        probe.each(
                "illegal topic name",
                INCREMENTAL_ALTER_CONFIGS,
                alter(Type.TOPIC, "no/such", set("max.message.bytes", "7")));
        probe.each("validate only, unknown topic", INCREMENTAL_ALTER_CONFIGS, (v, name) -> alter(
                        Type.TOPIC, name, set("max.message.bytes", "7"))
                .setValidateOnly(true));
        String topic = topics.create(1);
        probe.each(
                "validate only",
                INCREMENTAL_ALTER_CONFIGS,
                alter(Type.TOPIC, topic, set("max.message.bytes", "7")).setValidateOnly(true));
        probe.each("after validating only", DESCRIBE_CONFIGS, withSynonyms(Type.TOPIC, topic, "max.message.bytes"));
    }

    private void altersBroker(String title, String broker, Edit... edits) throws IOException {
        probe.each("broker, " + title, INCREMENTAL_ALTER_CONFIGS, alter(Type.BROKER, broker, edits));
    }

    private void alterBrokers() throws IOException {
        altersBroker("set for this broker", BROKER, set("message.max.bytes", "2000000"));
        altersBroker("set for all brokers", "", set("message.max.bytes", "3000000"));
        altersBroker("set by minutes", "", set("log.retention.minutes", "20"));
        String topic = topics.create(1);
        probe.each("this broker's", DESCRIBE_CONFIGS, withSynonyms(Type.BROKER, BROKER, "message.max.bytes"));
        probe.each("all brokers'", DESCRIBE_CONFIGS, withSynonyms(Type.BROKER, "", "message.max.bytes"));
        probe.each("topic under it", DESCRIBE_CONFIGS, withSynonyms(Type.TOPIC, topic, "max.message.bytes"));
        altersBroker("deleted for this broker", BROKER, new Edit(DELETE, "message.max.bytes", null));
        altersBroker("deleted for all brokers", "", new Edit(DELETE, "message.max.bytes", null));
        altersBroker("read only", BROKER, set("log.dirs", "/tmp/x"));
        altersBroker("read only for all", "", set("log.dirs", "/tmp/x"));
        altersBroker("read only number", BROKER, set("offsets.topic.num.partitions", "7"));
        altersBroker("unknown setting", BROKER, set("nosuch", "7"));
        altersBroker("no number", BROKER, set("message.max.bytes", "soon"));
        altersBroker("another broker", "77", set("message.max.bytes", "7"));
        altersBroker("no broker", "one", set("message.max.bytes", "7"));
        altersBroker("connections", BROKER, set("max.connections", "1000000"));
        altersBroker("connections, back", BROKER, new Edit(DELETE, "max.connections", null));
        altersBroker("connections per address", BROKER, set("max.connections.per.ip", "1000000"));
        altersBroker("connections per address, back", BROKER, new Edit(DELETE, "max.connections.per.ip", null));
        altersBroker("threads", "", set("num.io.threads", "9"));
        altersBroker("threads, back", "", new Edit(DELETE, "num.io.threads", null));
    }

    private void altersGroup(String title, Edit edit) throws IOException {
        probe.each(title, INCREMENTAL_ALTER_CONFIGS, (v, name) -> alter(Type.GROUP, name, edit));
    }

    private void alterGroups() throws IOException {
        altersGroup("group", set("consumer.session.timeout.ms", "50000"));
        altersGroup("group, too short", set("consumer.session.timeout.ms", "10"));
        altersGroup("group, too long", set("consumer.session.timeout.ms", "9000000"));
        altersGroup("group, unknown setting", set("nosuch", "9000000"));
        altersGroup("group, no number", set("consumer.session.timeout.ms", "soon"));
        altersGroup("group, heartbeat longer than session", set("consumer.heartbeat.interval.ms", "46000"));
        probe.each(
                "empty group name",
                INCREMENTAL_ALTER_CONFIGS,
                alter(Type.GROUP, "", set("consumer.session.timeout.ms", "50000")));
        String group = probe.name("group");
        probe.ask(INCREMENTAL_ALTER_CONFIGS, alter(Type.GROUP, group, set("consumer.session.timeout.ms", "50000")));
        probe.each("altered group", DESCRIBE_CONFIGS, withSynonyms(Type.GROUP, group, "consumer.session.timeout.ms"));
    }

    private void alterOthers() throws IOException {
        probe.each("unknown kind", INCREMENTAL_ALTER_CONFIGS, (v, name) -> {
            IncrementalAlterConfigsRequestData request = alter(Type.TOPIC, "any", set("a", "b"));
            request.resources().iterator().next().setResourceType((byte) 99);
            return request;
        });
        probe.each(
                "another broker's logger",
                INCREMENTAL_ALTER_CONFIGS,
                alter(Type.BROKER_LOGGER, "77", set("root", "INFO")));
        probe.each(
                "client metrics without a name",
                INCREMENTAL_ALTER_CONFIGS,
                alter(Type.CLIENT_METRICS, "", set("interval.ms", "1000")));
        probe.each("nothing at all", INCREMENTAL_ALTER_CONFIGS, new IncrementalAlterConfigsRequestData());
    }

    private static AlterConfigsRequestData replacing(Type type, String name, String... namesAndValues) {
        AlterConfigsRequestData.AlterConfigsResource resource = new AlterConfigsRequestData.AlterConfigsResource()
                .setResourceType(type.id())
                .setResourceName(name);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            resource.configs()
                    .add(new AlterConfigsRequestData.AlterableConfig()
                            .setName(namesAndValues[i])
                            .setValue(namesAndValues[i + 1]));
        }
        AlterConfigsRequestData request = new AlterConfigsRequestData();
        request.resources().add(resource);
        return request;
    }

    private void replace() throws IOException {
        String topic = topics.create(1);
        probe.ask(INCREMENTAL_ALTER_CONFIGS, alter(Type.TOPIC, topic, set("retention.ms", "7")));
        probe.each("topic", ALTER_CONFIGS, replacing(Type.TOPIC, topic, "max.message.bytes", "5000"));
        probe.each("replaced", DESCRIBE_CONFIGS, withSynonyms(Type.TOPIC, topic, "max.message.bytes"));
        probe.each(
                "unknown topic", ALTER_CONFIGS, (v, name) -> replacing(Type.TOPIC, name, "max.message.bytes", "5000"));
        probe.each("unknown setting", ALTER_CONFIGS, replacing(Type.TOPIC, topic, "nosuch", "50"));
        probe.each("no number", ALTER_CONFIGS, replacing(Type.TOPIC, topic, "max.message.bytes", "soon"));
        probe.each("no value", ALTER_CONFIGS, replacing(Type.TOPIC, topic, "max.message.bytes", null));
        probe.each("nothing", ALTER_CONFIGS, replacing(Type.TOPIC, topic));
        probe.each("another broker", ALTER_CONFIGS, replacing(Type.BROKER, "77", "log.retention.ms", "5"));
        probe.each("logger", ALTER_CONFIGS, replacing(Type.BROKER_LOGGER, BROKER, "root", "INFO"));
    }

    private void list() throws IOException {
        probe.each("client metrics", LIST_CONFIG_RESOURCES, listing(Type.CLIENT_METRICS));
        probe.each("brokers", LIST_CONFIG_RESOURCES, listing(Type.BROKER));
        probe.each("loggers", LIST_CONFIG_RESOURCES, listing(Type.BROKER_LOGGER));
        probe.each("brokers twice", LIST_CONFIG_RESOURCES, listing(Type.BROKER, Type.BROKER));
        probe.each(
                "unknown kind",
                LIST_CONFIG_RESOURCES,
                new ListConfigResourcesRequestData().setResourceTypes(List.of((byte) 99)));
    }

    private static ListConfigResourcesRequestData listing(Type... types) {
        return new ListConfigResourcesRequestData()
                .setResourceTypes(Stream.of(types).map(Type::id).toList());
    }
}
