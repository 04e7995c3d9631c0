package io.sluice.system.probe;

import static org.apache.kafka.common.protocol.ApiKeys.CREATE_PARTITIONS;
import static org.apache.kafka.common.protocol.ApiKeys.CREATE_TOPICS;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_TOPICS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_TOPIC_PARTITIONS;
import static org.apache.kafka.common.protocol.ApiKeys.FIND_COORDINATOR;
import static org.apache.kafka.common.protocol.ApiKeys.METADATA;

import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsAssignment;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopicCollection;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;

/** Topics created, grown, deleted and described. */
final class TopicProbe {
    private static final int BROKER = 1;
    private static final int BY_ID_FROM = 6;

    private final Probe probe;
    private final TopicFixtures topics;

    private TopicProbe(Probe probe) {
        this.probe = probe;
        this.topics = new TopicFixtures(probe);
    }

    static void run(Probe probe) throws IOException {
        TopicProbe asks = new TopicProbe(probe);
        asks.create();
        asks.assign();
        asks.grow();
        asks.delete();
        asks.describe();
        asks.metadata();
    }

    private void creates(String title, UnaryOperator<CreatableTopic> change) throws IOException {
        probe.each(title, CREATE_TOPICS, (v, name) -> {
            CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(10_000);
            request.topics()
                    .add(change.apply(new CreatableTopic()
                            .setName(name)
                            .setNumPartitions(1)
                            .setReplicationFactor((short) 1)));
            return request;
        });
    }

    private void create() throws IOException {
        probe.ask(FIND_COORDINATOR, new FindCoordinatorRequestData().setCoordinatorKeys(List.of("any")));
        creates("one partition", topic -> topic);
        creates("default partitions", topic -> topic.setNumPartitions(-1));
        creates("default replication", topic -> topic.setReplicationFactor((short) -1));
        creates("no partitions", topic -> topic.setNumPartitions(0));
        creates("negative partitions", topic -> topic.setNumPartitions(-5));
        creates("no replicas", topic -> topic.setReplicationFactor((short) 0));
        creates("negative replication", topic -> topic.setReplicationFactor((short) -7));
        creates("more replicas than brokers", topic -> topic.setReplicationFactor((short) 3));
        creates("empty name", topic -> topic.setName(""));
        creates("slash", topic -> topic.setName("a/b"));
        creates("dot", topic -> topic.setName("."));
        creates("two dots", topic -> topic.setName(".."));
        creates("250 characters", topic -> topic.setName("n".repeat(250)));
        creates("unknown setting", topic -> with(topic, "nosuch", "1"));
        creates("bad value", topic -> with(topic, "retention.ms", "soon"));
        creates("no value", topic -> with(topic, "retention.ms", null));
        creates("the offsets topic", topic -> topic.setName("__consumer_offsets"));
        String existing = topics.create(1);
        creates("existing", topic -> topic.setName(existing));
        probe.each("existing, validate only", CREATE_TOPICS, (v, name) -> {
            CreateTopicsRequestData request =
                    new CreateTopicsRequestData().setTimeoutMs(10_000).setValidateOnly(true);
            request.topics()
                    .add(new CreatableTopic()
                            .setName(existing)
                            .setNumPartitions(1)
                            .setReplicationFactor((short) 1));
            return request;
        });
        probe.each("validate only", CREATE_TOPICS, (v, name) -> {
            CreateTopicsRequestData request =
                    new CreateTopicsRequestData().setTimeoutMs(10_000).setValidateOnly(true);
            request.topics()
                    .add(new CreatableTopic().setName(name).setNumPartitions(3).setReplicationFactor((short) 1));
            return request;
        });
        String collides = probe.name("one.two");
        topics.createNamed(collides, 1);
        String underscored = collides.replace("one.two", "one_two");
        probe.hide(underscored, "one_two");
        creates("differs by a dot", topic -> topic.setName(underscored));
        probe.each("twice in one request", CREATE_TOPICS, (v, name) -> {
            CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(10_000);
            for (int i = 0; i < 2; i++) {
                request.topics()
                        .mustAdd(new CreatableTopic()
                                .setName(name)
                                .setNumPartitions(1)
                                .setReplicationFactor((short) 1));
            }
            return request;
        });
        probe.each("nothing", CREATE_TOPICS, new CreateTopicsRequestData().setTimeoutMs(10_000));
    }

    private static CreatableTopic with(CreatableTopic topic, String name, String value) {
        topic.configs().add(new CreatableTopicConfig().setName(name).setValue(value));
        return topic;
    }

    private static CreatableTopic assigned(CreatableTopic topic, int firstPartition, List<List<Integer>> replicas) {
        topic.setNumPartitions(-1).setReplicationFactor((short) -1);
        for (int i = 0; i < replicas.size(); i++) {
            topic.assignments()
                    .add(new CreatableReplicaAssignment()
                            .setPartitionIndex(firstPartition + i)
                            .setBrokerIds(replicas.get(i)));
        }
        return topic;
    }

    private void assign() throws IOException {
        creates("assigned", topic -> assigned(topic, 0, List.of(List.of(BROKER), List.of(BROKER))));
        creates("assigned from 1", topic -> assigned(topic, 1, List.of(List.of(BROKER))));
        creates("assigned to nobody", topic -> assigned(topic, 0, List.of(List.of())));
        creates("assigned to an unknown broker", topic -> assigned(topic, 0, List.of(List.of(77))));
        creates("assigned twice to a broker", topic -> assigned(topic, 0, List.of(List.of(BROKER, BROKER))));
        creates("assigned to a negative broker", topic -> assigned(topic, 0, List.of(List.of(-1))));
        creates("assigned, with a number of partitions", topic -> assigned(topic, 0, List.of(List.of(BROKER)))
                .setNumPartitions(1));
        creates("assigned, with a replication factor", topic -> assigned(topic, 0, List.of(List.of(BROKER)))
                .setReplicationFactor((short) 1));
    }

    private void grows(String title, UnaryOperator<CreatePartitionsTopic> change) throws IOException {
        probe.each(
                title,
                CREATE_PARTITIONS,
                (v, name) -> growing(change.apply(new CreatePartitionsTopic()
                        .setName(topics.create(2))
                        .setCount(3)
                        .setAssignments(null))));
    }

    private static CreatePartitionsRequestData growing(CreatePartitionsTopic... topics) {
        CreatePartitionsTopicCollection all = new CreatePartitionsTopicCollection();
        for (CreatePartitionsTopic topic : topics) {
            all.mustAdd(topic);
        }
        return new CreatePartitionsRequestData().setTimeoutMs(10_000).setTopics(all);
    }

    private static CreatePartitionsTopic assigned(CreatePartitionsTopic topic, List<List<Integer>> replicas) {
        return topic.setAssignments(replicas.stream()
                .map(one -> new CreatePartitionsAssignment().setBrokerIds(one))
                .toList());
    }

    private void grow() throws IOException {
        grows("one more", topic -> topic);
        grows("as many", topic -> topic.setCount(2));
        grows("fewer", topic -> topic.setCount(1));
        grows("none", topic -> topic.setCount(0));
        grows("negative", topic -> topic.setCount(-1));
        grows("unknown topic", topic -> topic.setName("nosuchtopic"));
        grows("assigned", topic -> assigned(topic, List.of(List.of(BROKER))));
        grows("assigned too many", topic -> assigned(topic, List.of(List.of(BROKER), List.of(BROKER))));
        grows("assigned to nobody", topic -> assigned(topic, List.of(List.of())));
        grows("assigned to an unknown broker", topic -> assigned(topic, List.of(List.of(77))));
        grows("assigned twice to a broker", topic -> assigned(topic, List.of(List.of(BROKER, BROKER))));
        grows("empty assignment", topic -> assigned(topic, List.of()));
        probe.each("validate only", CREATE_PARTITIONS, (v, name) -> growing(new CreatePartitionsTopic()
                        .setName(topics.create(2))
                        .setCount(3)
                        .setAssignments(null))
                .setValidateOnly(true));
        probe.each("nothing", CREATE_PARTITIONS, growing());
    }

    private static DeleteTopicsRequestData deleting(short version, String name) {
        DeleteTopicsRequestData request = new DeleteTopicsRequestData().setTimeoutMs(10_000);
        return version < BY_ID_FROM
                ? request.setTopicNames(List.of(name))
                : request.setTopics(List.of(new DeleteTopicState().setName(name)));
    }

    private static DeleteTopicsRequestData deleting(DeleteTopicState... topics) {
        return new DeleteTopicsRequestData().setTimeoutMs(10_000).setTopics(List.of(topics));
    }

    private void delete() throws IOException {
        probe.each("by name", DELETE_TOPICS, (v, name) -> deleting(v, topics.create(1)));
        probe.each("unknown topic", DELETE_TOPICS, (v, name) -> deleting(v, name));
        probe.each("illegal name", DELETE_TOPICS, (v, name) -> deleting(v, "no/such"));
        probe.each("empty name", DELETE_TOPICS, (v, name) -> deleting(v, ""));
        probe.each(
                "by id",
                DELETE_TOPICS,
                (v, name) -> deleting(new DeleteTopicState().setName(null).setTopicId(topics.createNamed(name, 1))));
        probe.each(
                "unknown id",
                DELETE_TOPICS,
                (v, name) -> deleting(new DeleteTopicState().setName(null).setTopicId(new Uuid(1, 2))));
        probe.each(
                "by name and id",
                DELETE_TOPICS,
                (v, name) -> deleting(new DeleteTopicState().setName(name).setTopicId(topics.createNamed(name, 1))));
        probe.each("by neither", DELETE_TOPICS, (v, name) -> deleting(new DeleteTopicState().setName(null)));
        probe.each("twice", DELETE_TOPICS, (v, name) -> {
            topics.createNamed(name, 1);
            return deleting(new DeleteTopicState().setName(name), new DeleteTopicState().setName(name));
        });
        probe.each("nothing", DELETE_TOPICS, (v, name) -> new DeleteTopicsRequestData().setTimeoutMs(10_000));
    }

    private static DescribeTopicPartitionsRequestData describing(String... names) {
        return new DescribeTopicPartitionsRequestData()
                .setTopics(List.of(names).stream()
                        .map(name -> new TopicRequest().setName(name))
                        .toList());
    }

    private static Cursor at(String topic, int partition) {
        return new Cursor().setTopicName(topic).setPartitionIndex(partition);
    }

    private void describe() throws IOException {
        String first = probe.name("a-topic");
        String second = probe.name("b-topic");
        topics.createNamed(first, 3);
        topics.createNamed(second, 2);
        probe.each("topic", DESCRIBE_TOPIC_PARTITIONS, describing(first));
        probe.each("two topics, out of order", DESCRIBE_TOPIC_PARTITIONS, describing(second, first));
        probe.each("the same twice", DESCRIBE_TOPIC_PARTITIONS, describing(first, first));
        probe.each("unknown topic", DESCRIBE_TOPIC_PARTITIONS, (v, name) -> describing(name));
        probe.each("illegal name", DESCRIBE_TOPIC_PARTITIONS, describing("no/such"));
        probe.each("empty name", DESCRIBE_TOPIC_PARTITIONS, describing(""));
        for (int limit : new int[] {-1, 0, 1, 2, 3, 4}) {
            probe.each(
                    "limit " + limit,
                    DESCRIBE_TOPIC_PARTITIONS,
                    describing(first, second).setResponsePartitionLimit(limit));
        }
        probe.each(
                "from a cursor",
                DESCRIBE_TOPIC_PARTITIONS,
                describing(first, second).setCursor(at(first, 2)));
        probe.each(
                "from a cursor, limited",
                DESCRIBE_TOPIC_PARTITIONS,
                describing(first, second).setCursor(at(first, 1)).setResponsePartitionLimit(2));
        probe.each(
                "from the end of a topic",
                DESCRIBE_TOPIC_PARTITIONS,
                describing(first, second).setCursor(at(first, 3)));
        probe.each(
                "from beyond",
                DESCRIBE_TOPIC_PARTITIONS,
                describing(first, second).setCursor(at(second, 9)));
        probe.each(
                "from a negative partition",
                DESCRIBE_TOPIC_PARTITIONS,
                describing(first).setCursor(at(first, -1)));
        probe.each(
                "from a topic not asked for",
                DESCRIBE_TOPIC_PARTITIONS,
                describing(second).setCursor(at(first, 1)));
        probe.each(
                "from a topic that is not there",
                DESCRIBE_TOPIC_PARTITIONS,
                describing(first).setCursor(at("zzz-nosuch", 1)));
    }

    private static MetadataRequestData metadata(String name) {
        return new MetadataRequestData()
                .setAllowAutoTopicCreation(false)
                .setTopics(List.of(new MetadataRequestTopic().setName(name)));
    }

    private void metadata() throws IOException {
        String topic = topics.create(2);
        probe.each(
                "topic",
                METADATA,
                (v, name) -> v < 4 ? metadata(topic).setAllowAutoTopicCreation(true) : metadata(topic));
        probe.each("unknown topic", METADATA, (v, name) -> metadata(name));
        probe.each(
                "illegal name",
                METADATA,
                (v, name) -> v < 4 ? metadata("no/such").setAllowAutoTopicCreation(true) : metadata("no/such"));
        probe.each("empty name", METADATA, (v, name) -> metadata(""));
        probe.each(
                "no topics",
                METADATA,
                (v, name) -> v < 1
                        ? metadata(topic).setAllowAutoTopicCreation(true)
                        : new MetadataRequestData().setTopics(List.of()));
        probe.each("unknown id", METADATA, (v, name) -> new MetadataRequestData()
                .setTopics(List.of(new MetadataRequestTopic().setName(null).setTopicId(new Uuid(1, 2)))));
        probe.each("the same twice", METADATA, (v, name) -> {
            List<MetadataRequestTopic> twice = IntStream.range(0, 2)
                    .mapToObj(i -> new MetadataRequestTopic().setName(topic))
                    .toList();
            return new MetadataRequestData().setTopics(twice);
        });
    }
}
