package io.sluice.kafka.handler;

import java.util.List;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** A request of each type and version about a topic and a group that are there, or about ones that are not. */
final class Samples {
    /** What the issue lists. */
    static final Set<ApiKeys> ASKED_FOR = Set.of(
            ApiKeys.PRODUCE,
            ApiKeys.FETCH,
            ApiKeys.LIST_OFFSETS,
            ApiKeys.METADATA,
            ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
            ApiKeys.API_VERSIONS,
            ApiKeys.DESCRIBE_CLUSTER,
            ApiKeys.CREATE_TOPICS,
            ApiKeys.DELETE_TOPICS,
            ApiKeys.CREATE_PARTITIONS,
            ApiKeys.DELETE_RECORDS,
            ApiKeys.DESCRIBE_CONFIGS,
            ApiKeys.INCREMENTAL_ALTER_CONFIGS,
            ApiKeys.ALTER_CONFIGS,
            ApiKeys.LIST_CONFIG_RESOURCES,
            ApiKeys.DESCRIBE_LOG_DIRS,
            ApiKeys.INIT_PRODUCER_ID,
            ApiKeys.OFFSET_FOR_LEADER_EPOCH,
            ApiKeys.FIND_COORDINATOR,
            ApiKeys.JOIN_GROUP,
            ApiKeys.SYNC_GROUP,
            ApiKeys.HEARTBEAT,
            ApiKeys.LEAVE_GROUP,
            ApiKeys.OFFSET_COMMIT,
            ApiKeys.OFFSET_FETCH,
            ApiKeys.OFFSET_DELETE,
            ApiKeys.LIST_GROUPS,
            ApiKeys.DESCRIBE_GROUPS,
            ApiKeys.DELETE_GROUPS,
            ApiKeys.CONSUMER_GROUP_HEARTBEAT,
            ApiKeys.CONSUMER_GROUP_DESCRIBE,
            ApiKeys.DESCRIBE_PRODUCERS);

    /** Types that name nothing which could be missing, or that answer a missing thing without an error. */
    private static final Set<ApiKeys> NOTHING_TO_MISS = Set.of(
            ApiKeys.API_VERSIONS,
            ApiKeys.DESCRIBE_CLUSTER,
            ApiKeys.CREATE_TOPICS,
            ApiKeys.LIST_CONFIG_RESOURCES,
            ApiKeys.DESCRIBE_LOG_DIRS,
            ApiKeys.FIND_COORDINATOR,
            ApiKeys.OFFSET_FETCH,
            ApiKeys.LIST_GROUPS,
            ApiKeys.DESCRIBE_GROUPS,
            ApiKeys.LIST_PARTITION_REASSIGNMENTS);

    private static final Uuid NO_SUCH_ID = new Uuid(4, 4);
    private static final int PARTITIONS = 2;

    private final TestBroker broker;
    private final GroupSamples groups;
    private int made;

    Samples(TestBroker broker) {
        this.broker = broker;
        this.groups = new GroupSamples(broker);
    }

    /** Whether something can be asked that is granted: the one broker there is cannot be unregistered. */
    boolean hasKnown(ApiKeys api) {
        return api != ApiKeys.UNREGISTER_BROKER;
    }

    boolean hasUnknown(ApiKeys api) {
        return !NOTHING_TO_MISS.contains(api);
    }

    ApiMessage request(ApiKeys api, short version) throws Exception {
        String topic = createTopic();
        return GroupSamples.TYPES.contains(api)
                ? groups.request(api, version, topic, id(topic))
                : request(api, version, topic, id(topic), null);
    }

    /** A topic with a name that none can have, and a group or member that is not there. */
    ApiMessage unknown(ApiKeys api, short version) {
        return GroupSamples.TYPES.contains(api)
                ? groups.unknown(api, version, "..", NO_SUCH_ID)
                : request(api, version, "..", NO_SUCH_ID, "no-transactions");
    }

    private String createTopic() throws Exception {
        String name = "topic-" + made++;
        try (WireClient client = broker.connect()) {
            client.ask(ApiKeys.CREATE_TOPICS, 7, create(name));
        }
        return name;
    }

    private Uuid id(String topic) {
        return TopicIds.toWire(
                broker.engine().image().topic(topic).orElseThrow().id());
    }

    private ApiMessage request(ApiKeys api, short version, String topic, Uuid id, String transactionalId) {
        return switch (api) {
            case API_VERSIONS ->
                new ApiVersionsRequestData().setClientSoftwareName("test").setClientSoftwareVersion("1");
            case METADATA ->
                new MetadataRequestData()
                        .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName(topic)));
            case DESCRIBE_CLUSTER -> new DescribeClusterRequestData();
            case DESCRIBE_TOPIC_PARTITIONS ->
                new DescribeTopicPartitionsRequestData()
                        .setTopics(List.of(new DescribeTopicPartitionsRequestData.TopicRequest().setName(topic)));
            case CREATE_TOPICS -> create("new-" + made++);
            case CREATE_PARTITIONS -> morePartitions(topic);
            case DELETE_TOPICS -> delete(version, topic, id);
            case DESCRIBE_LOG_DIRS -> new DescribeLogDirsRequestData().setTopics(null);
            case INIT_PRODUCER_ID -> new InitProducerIdRequestData().setTransactionalId(transactionalId);
            case LIST_CONFIG_RESOURCES -> new ListConfigResourcesRequestData();
            case ALTER_PARTITION_REASSIGNMENTS, LIST_PARTITION_REASSIGNMENTS, ELECT_LEADERS, UNREGISTER_BROKER ->
                PlacementSamples.request(api, topic);
            case DESCRIBE_CONFIGS, ALTER_CONFIGS, INCREMENTAL_ALTER_CONFIGS -> configs(api, topic);
            default -> ofRecords(api, version, topic, id);
        };
    }

    private static CreateTopicsRequestData create(String name) {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(10_000);
        request.topics()
                .add(new CreateTopicsRequestData.CreatableTopic()
                        .setName(name)
                        .setNumPartitions(PARTITIONS)
                        .setReplicationFactor((short) 1));
        return request;
    }

    private static ApiMessage morePartitions(String topic) {
        CreatePartitionsRequestData request = new CreatePartitionsRequestData().setTimeoutMs(10_000);
        request.topics()
                .add(new CreatePartitionsRequestData.CreatePartitionsTopic()
                        .setName(topic)
                        .setCount(PARTITIONS + 1)
                        .setAssignments(null));
        return request;
    }

    private static ApiMessage delete(short version, String topic, Uuid id) {
        DeleteTopicsRequestData request = new DeleteTopicsRequestData().setTimeoutMs(10_000);
        return version < DeleteTopicsHandler.TOPIC_ID_FROM
                ? request.setTopicNames(List.of(topic))
                : request.setTopics(List.of(new DeleteTopicsRequestData.DeleteTopicState().setTopicId(id)));
    }

    private static ApiMessage configs(ApiKeys api, String topic) {
        byte type = ConfigResource.Type.TOPIC.id();
        if (api == ApiKeys.DESCRIBE_CONFIGS) {
            return new DescribeConfigsRequestData()
                    .setIncludeSynonyms(true)
                    .setResources(List.of(new DescribeConfigsRequestData.DescribeConfigsResource()
                            .setResourceType(type)
                            .setResourceName(topic)
                            .setConfigurationKeys(null)));
        }
        if (api == ApiKeys.ALTER_CONFIGS) {
            AlterConfigsRequestData.AlterConfigsResource resource = new AlterConfigsRequestData.AlterConfigsResource()
                    .setResourceType(type)
                    .setResourceName(topic);
            resource.configs()
                    .add(new AlterConfigsRequestData.AlterableConfig()
                            .setName("retention.ms")
                            .setValue("60000"));
            AlterConfigsRequestData request = new AlterConfigsRequestData();
            request.resources().add(resource);
            return request;
        }
        IncrementalAlterConfigsRequestData.AlterConfigsResource resource =
                new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                        .setResourceType(type)
                        .setResourceName(topic);
        resource.configs()
                .add(new IncrementalAlterConfigsRequestData.AlterableConfig()
                        .setName("retention.ms")
                        .setValue("60000"));
        IncrementalAlterConfigsRequestData request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource);
        return request;
    }

    private static ApiMessage ofRecords(ApiKeys api, short version, String topic, Uuid id) {
        return switch (api) {
            case PRODUCE -> produce(version, topic, id);
            case FETCH -> fetch(version, topic, id);
            case LIST_OFFSETS ->
                new ListOffsetsRequestData()
                        .setReplicaId(-1)
                        .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic()
                                .setName(topic)
                                .setPartitions(
                                        List.of(new ListOffsetsRequestData.ListOffsetsPartition().setTimestamp(-2)))));
            case OFFSET_FOR_LEADER_EPOCH -> epoch(topic);
            case DELETE_RECORDS ->
                new DeleteRecordsRequestData()
                        .setTimeoutMs(1_000)
                        .setTopics(List.of(new DeleteRecordsRequestData.DeleteRecordsTopic()
                                .setName(topic)
                                .setPartitions(
                                        List.of(new DeleteRecordsRequestData.DeleteRecordsPartition().setOffset(0)))));
            case DESCRIBE_PRODUCERS ->
                new DescribeProducersRequestData()
                        .setTopics(List.of(new DescribeProducersRequestData.TopicRequest()
                                .setName(topic)
                                .setPartitionIndexes(List.of(0))));
            default -> throw new AssertionError("write a sample of " + api);
        };
    }

    private static ApiMessage produce(short version, String topic, Uuid id) {
        ProduceRequestData.TopicProduceData data = new ProduceRequestData.TopicProduceData()
                .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                        .setRecords(
                                MemoryRecords.withRecords(Compression.NONE, new SimpleRecord("value".getBytes())))));
        boolean byId = version >= ProduceHandler.TOPIC_ID_FROM;
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(1_000);
        request.topicData().add(byId ? data.setTopicId(id) : data.setName(topic));
        return request;
    }

    private static ApiMessage fetch(short version, String topic, Uuid id) {
        FetchRequestData.FetchTopic data = new FetchRequestData.FetchTopic()
                .setPartitions(List.of(new FetchRequestData.FetchPartition().setPartitionMaxBytes(1_000)));
        boolean byId = version >= FetchHandler.TOPIC_ID_FROM;
        return new FetchRequestData()
                .setMaxWaitMs(10)
                .setMinBytes(1)
                .setTopics(List.of(byId ? data.setTopicId(id) : data.setTopic(topic)));
    }

    private static ApiMessage epoch(String topic) {
        OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData().setReplicaId(-1);
        request.topics()
                .add(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic()
                        .setTopic(topic)
                        .setPartitions(List.of(
                                new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition().setLeaderEpoch(0))));
        return request;
    }
}
