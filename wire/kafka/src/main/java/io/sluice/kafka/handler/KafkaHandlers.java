package io.sluice.kafka.handler;

import io.sluice.cluster.settings.BrokerNetworkSettings;
import io.sluice.engine.Engine;
import io.sluice.kafka.Handler;
import java.util.ArrayList;
import java.util.List;

/** All request types that are served. */
public final class KafkaHandlers {
    private KafkaHandlers() {}

    /** A handler for each; what is missing here is not advertised. */
    public static List<Handler> all(Engine engine) {
        List<Handler> all = new ArrayList<>();
        all.add(new ApiVersionsHandler());
        all.addAll(records(engine));
        all.addAll(topics(engine));
        all.addAll(placement(engine));
        all.addAll(configs(engine));
        all.addAll(groups(engine));
        return List.copyOf(all);
    }

    private static List<Handler> records(Engine engine) {
        return List.of(
                new ProduceHandler(engine),
                new FetchHandler(
                        engine,
                        engine.settings().get(BrokerNetworkSettings.MAX_FETCH_SESSIONS),
                        engine.settings().get(BrokerNetworkSettings.FETCH_MAX_BYTES)),
                new ListOffsetsHandler(engine),
                new OffsetForLeaderEpochHandler(engine),
                new DeleteRecordsHandler(engine),
                new InitProducerIdHandler(engine.producerIds()),
                new DescribeProducersHandler(engine));
    }

    private static List<Handler> topics(Engine engine) {
        return List.of(
                new MetadataHandler(engine),
                new DescribeTopicPartitionsHandler(engine),
                new DescribeClusterHandler(engine),
                new CreateTopicsHandler(engine),
                new CreatePartitionsHandler(engine),
                new DeleteTopicsHandler(engine),
                new DescribeLogDirsHandler(engine.dataFolders()));
    }

    private static List<Handler> placement(Engine engine) {
        return List.of(
                new AlterPartitionReassignmentsHandler(engine),
                new ListPartitionReassignmentsHandler(engine),
                new ElectLeadersHandler(engine),
                new UnregisterBrokerHandler(engine));
    }

    private static List<Handler> configs(Engine engine) {
        return List.of(
                new DescribeConfigsHandler(engine),
                new AlterConfigsHandler(engine),
                new IncrementalAlterConfigsHandler(engine),
                new ListConfigResourcesHandler(engine));
    }

    private static List<Handler> groups(Engine engine) {
        return List.of(
                new FindCoordinatorHandler(engine),
                new JoinGroupHandler(engine.groups()),
                new SyncGroupHandler(engine.groups()),
                new HeartbeatHandler(engine.groups()),
                new LeaveGroupHandler(engine.groups()),
                new ConsumerGroupHeartbeatHandler(engine),
                new OffsetCommitHandler(engine),
                new OffsetFetchHandler(engine),
                new OffsetDeleteHandler(engine),
                new ListGroupsHandler(engine.groups()),
                new DescribeGroupsHandler(engine.groups()),
                new ConsumerGroupDescribeHandler(engine),
                new DeleteGroupsHandler(engine.groups()));
    }
}
