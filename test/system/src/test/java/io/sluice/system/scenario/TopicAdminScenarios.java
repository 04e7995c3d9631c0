package io.sluice.system.scenario;

import static io.sluice.system.scenario.Clients.bytes;
import static io.sluice.system.scenario.Clients.get;
import static io.sluice.system.scenario.Clients.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.system.clients.ClientVersion;
import io.sluice.system.clients.NeedsCalm;
import io.sluice.system.clients.Scenario;
import io.sluice.system.clients.Surroundings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Topics, partitions, offsets and the cluster through the admin client, with the errors that users run into. */
public class TopicAdminScenarios {
    private final Surroundings surroundings;
    private final Clients clients;

    public TopicAdminScenarios(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.clients = new Clients(surroundings);
    }

    @Scenario
    @NeedsCalm("all replicas are in sync")
    public void topicIsCreatedDescribedListedAndDeleted() throws Exception {
        String name = surroundings.name("life");
        try (Admin admin = clients.admin()) {
            CreateTopicsResult created = admin.createTopics(List.of(
                    new NewTopic(name, Optional.of(3), Optional.empty()).configs(Map.of("retention.ms", "1000"))));
            get(created.all());
            clients.settle(admin);
            assertThat(get(created.numPartitions(name))).isEqualTo(3);
            assertThat(get(created.replicationFactor(name))).isEqualTo(surroundings.replication());
            assertThat(get(created.config(name)).get("retention.ms").value()).isEqualTo("1000");
            assertThat(get(created.topicId(name))).isNotEqualTo(Uuid.ZERO_UUID);

            TopicDescription found = describe(admin, name);
            assertThat(found.partitions()).hasSize(3);
            assertThat(found.isInternal()).isFalse();
            assertThat(found.partitions()).allSatisfy(partition -> {
                assertThat(partition.replicas()).hasSize(surroundings.replication());
                assertThat(partition.isr()).isEqualTo(partition.replicas());
                assertThat(partition.leader().id())
                        .isEqualTo(partition.replicas().get(0).id());
            });
            assertThat(get(admin.listTopics().names())).contains(name);
            assertThat(get(admin.listTopics(new ListTopicsOptions().listInternal(true))
                            .names()))
                    .contains(name);

            get(admin.deleteTopics(List.of(name)).all());
            clients.settle(admin);
            assertThat(get(admin.listTopics().names())).doesNotContain(name);
            assertThatThrownBy(() -> describe(admin, name)).isInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    /** The result's accessor has changed its name between versions: the future map is reached through both. */
    @SuppressWarnings("unchecked")
    static TopicDescription describe(Admin admin, String name) throws Exception {
        Object result = admin.describeTopics(List.of(name));
        java.lang.reflect.Method method;
        try {
            method = result.getClass().getMethod("topicNameValues");
        } catch (NoSuchMethodException before31) {
            method = result.getClass().getMethod("values");
        }
        return get(
                ((Map<String, org.apache.kafka.common.KafkaFuture<TopicDescription>>) method.invoke(result)).get(name));
    }

    @Scenario
    public void validateOnlyChangesNothing() throws Exception {
        String name = surroundings.name("dry");
        String existing = clients.topic("dry-partitions", 1);
        try (Admin admin = clients.admin()) {
            get(admin.createTopics(
                            List.of(new NewTopic(name, 2, surroundings.replication())),
                            new CreateTopicsOptions().validateOnly(true))
                    .all());
            assertThat(get(admin.listTopics().names())).doesNotContain(name);
            get(admin.createPartitions(
                            Map.of(existing, NewPartitions.increaseTo(5)),
                            new CreatePartitionsOptions().validateOnly(true))
                    .all());
            assertThat(describe(admin, existing).partitions()).hasSize(1);
        }
    }

    @Scenario
    @NeedsCalm("the broker that is named alone stays there")
    public void manualAssignmentIsTakenOrRefused() throws Exception {
        String name = surroundings.name("manual");
        try (Admin admin = clients.admin()) {
            int broker = get(admin.describeCluster().nodes()).iterator().next().id();
            get(admin.createTopics(List.of(new NewTopic(name, Map.of(0, List.of(broker), 1, List.of(broker)))))
                    .all());
            clients.settle(admin);
            assertThat(describe(admin, name).partitions()).hasSize(2);
            get(admin.createPartitions(Map.of(name, NewPartitions.increaseTo(3, List.of(List.of(broker)))))
                    .all());
            clients.settle(admin);
            assertThat(describe(admin, name).partitions()).hasSize(3);

            assertThatThrownBy(() -> create(admin, new NewTopic(surroundings.name("m"), Map.of(0, List.of(4711)))))
                    .isInstanceOf(InvalidReplicaAssignmentException.class);
            assertThatThrownBy(() -> create(admin, new NewTopic(surroundings.name("m"), Map.of(1, List.of(broker)))))
                    .isInstanceOf(InvalidReplicaAssignmentException.class);
            assertThatThrownBy(() ->
                            create(admin, new NewTopic(surroundings.name("m"), Map.of(0, List.of(broker, broker)))))
                    .isInstanceOf(InvalidReplicaAssignmentException.class);
        }
    }

    @Scenario
    public void impossibleTopicsAreRefusedWithTheirReason() throws Exception {
        String existing = clients.topic("exists", 1);
        try (Admin admin = clients.admin()) {
            assertThatThrownBy(() -> create(admin, new NewTopic(existing, 1, surroundings.replication())))
                    .isInstanceOf(TopicExistsException.class)
                    .hasMessageContaining(existing);
            for (String name : List.of("a/b", "with space", ".", "..", "x".repeat(250), "umlaut-ä")) {
                assertThatThrownBy(() -> create(admin, new NewTopic(name, 1, surroundings.replication())))
                        .as("topic name %s", name)
                        .isInstanceOf(InvalidTopicException.class);
            }
            String name = surroundings.name("bad");
            assertThatThrownBy(() -> create(admin, new NewTopic(name, 0, surroundings.replication())))
                    .isInstanceOf(InvalidPartitionsException.class);
            assertThatThrownBy(() -> create(admin, new NewTopic(name, 1, (short) (surroundings.brokers() + 1))))
                    .isInstanceOf(InvalidReplicationFactorException.class);
            assertThatThrownBy(() -> create(admin, new NewTopic(name, 1, (short) 0)))
                    .isInstanceOf(InvalidReplicationFactorException.class);
            assertThatThrownBy(() -> create(
                            admin, new NewTopic(name, 1, surroundings.replication()).configs(Map.of("no.such", "1"))))
                    .isInstanceOf(InvalidConfigurationException.class)
                    .hasMessageContaining("no.such");
            assertThatThrownBy(() -> create(
                            admin,
                            new NewTopic(name, 1, surroundings.replication()).configs(Map.of("retention.ms", "soon"))))
                    .isInstanceOf(InvalidConfigurationException.class)
                    .hasMessageContaining("retention.ms");
            assertThat(get(admin.listTopics().names())).doesNotContain(name);
            assertThatThrownBy(() -> get(admin.deleteTopics(List.of(name)).all()))
                    .isInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    private void create(Admin admin, NewTopic topic) throws Exception {
        get(admin.createTopics(List.of(topic)).all());
        clients.settle(admin);
    }

    @Scenario
    public void oneBadTopicDoesNotSpoilTheOthers() throws Exception {
        String good = surroundings.name("good");
        try (Admin admin = clients.admin()) {
            CreateTopicsResult result = admin.createTopics(List.of(
                    new NewTopic(good, 1, surroundings.replication()),
                    new NewTopic("a/b", 1, surroundings.replication())));
            get(result.values().get(good));
            assertThatThrownBy(() -> get(result.values().get("a/b"))).isInstanceOf(InvalidTopicException.class);
        }
    }

    @Scenario
    public void partitionsGrowAndNeverShrink() throws Exception {
        String name = clients.topic("grow", 3);
        try (Admin admin = clients.admin()) {
            get(admin.createPartitions(Map.of(name, NewPartitions.increaseTo(5)))
                    .all());
            clients.settle(admin);
            assertThat(describe(admin, name).partitions()).hasSize(5);
            clients.send(name, 4, 0, 3);
            for (int wrong : new int[] {5, 2}) {
                assertThatThrownBy(() -> get(admin.createPartitions(Map.of(name, NewPartitions.increaseTo(wrong)))
                                .all()))
                        .isInstanceOf(InvalidPartitionsException.class);
            }
            assertThatThrownBy(() -> get(admin.createPartitions(Map.of("no-such", NewPartitions.increaseTo(2)))
                            .all()))
                    .isInstanceOf(UnknownTopicOrPartitionException.class);
        }
    }

    @Scenario
    public void recreatedTopicIsEmpty() throws Exception {
        String name = clients.topic("again", 2);
        clients.send(name, 0, 0, 100);
        clients.send(name, 1, 0, 100);
        try (Admin admin = clients.admin()) {
            get(admin.deleteTopics(List.of(name)).all());
            clients.settle(admin);
            create(admin, new NewTopic(name, 2, surroundings.replication()));
        }
        try (KafkaConsumer<byte[], byte[]> consumer = clients.consumer()) {
            assertThat(consumer.endOffsets(Clients.partitions(name, 2)).values())
                    .containsOnly(0L);
        }
        clients.send(name, 1, 7, 8);
        List<ConsumerRecord<byte[], byte[]>> records = clients.readAll(name, 2, 1);
        assertThat(number(records.get(0))).isEqualTo(7);
        assertThat(records.get(0).offset()).isZero();
    }

    @Scenario
    public void deletedRecordsAreGone() throws Exception {
        String name = clients.topic("trim", 1);
        TopicPartition partition = new TopicPartition(name, 0);
        clients.send(name, 0, 0, 100);
        try (Admin admin = clients.admin();
                KafkaConsumer<byte[], byte[]> consumer = clients.consumer()) {
            assertThat(get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(40)))
                                    .lowWatermarks()
                                    .get(partition))
                            .lowWatermark())
                    .isEqualTo(40);
            assertThat(consumer.beginningOffsets(List.of(partition)).get(partition))
                    .isEqualTo(40);
            assertThat(number(clients.readAll(name, 1, 60).get(0))).isEqualTo(40);
            assertThatThrownBy(() -> get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(1000)))
                            .all()))
                    .isInstanceOf(OffsetOutOfRangeException.class);
            get(admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(-1)))
                    .all());
            assertThat(consumer.beginningOffsets(List.of(partition)).get(partition))
                    .isEqualTo(100);
            clients.send(name, 0, 100, 101);
            assertThat(clients.readAll(name, 1, 1).get(0).offset()).isEqualTo(100);
        }
    }

    @Scenario
    @NeedsCalm("all brokers are there")
    public void clusterIsDescribed() throws Exception {
        try (Admin admin = clients.admin()) {
            DescribeClusterResult cluster = admin.describeCluster();
            Collection<Node> nodes = get(cluster.nodes());
            assertThat(nodes).hasSize(surroundings.brokers());
            assertThat(nodes)
                    .extracting(Node::id)
                    .contains(get(cluster.controller()).id());
            assertThat(get(cluster.clusterId())).isNotBlank();
        }
    }

    @Scenario
    @NeedsCalm("the broker that is asked for its folders stays there, and has what was just acknowledged")
    public void logDirsShowSizes() throws Exception {
        String name = clients.topic("dirs", 1);
        clients.send(name, 0, 0, 100);
        try (Admin admin = clients.admin()) {
            int broker = get(admin.describeCluster().nodes()).iterator().next().id();
            Map<String, LogDirDescription> dirs = get(admin.describeLogDirs(List.of(broker))
                            .allDescriptions())
                    .get(broker);
            assertThat(dirs).hasSize(1);
            LogDirDescription dir = dirs.values().iterator().next();
            assertThat(dir.error()).isNull();
            assertThat(dir.replicaInfos().get(new TopicPartition(name, 0)).size())
                    .isGreaterThan(100);
        }
    }

    @Scenario
    @NeedsCalm("the first leader epoch lasts")
    public void offsetsAreListedByEverySpec() throws Exception {
        TopicPartition partition = new TopicPartition(clients.topic("specs", 1), 0);
        long now = System.currentTimeMillis();
        try (KafkaProducer<byte[], byte[]> producer = clients.producer()) {
            // The newest timestamp is not the last record's.
            long[] times = {now - 3000, now - 1000, now, now - 2000};
            for (long time : times) {
                clients.sendOne(producer, new ProducerRecord<>(partition.topic(), 0, time, null, bytes(time)));
            }
        }
        try (Admin admin = clients.admin()) {
            assertThat(offset(admin, partition, OffsetSpec.earliest()).offset()).isZero();
            assertThat(offset(admin, partition, OffsetSpec.latest()).offset()).isEqualTo(4);
            ListOffsetsResultInfo found = offset(admin, partition, OffsetSpec.forTimestamp(now - 2500));
            assertThat(found.offset()).isEqualTo(1);
            assertThat(found.timestamp()).isEqualTo(now - 1000);
            assertThat(found.leaderEpoch()).contains(0);
            assertThat(offset(admin, partition, OffsetSpec.forTimestamp(now + 5000))
                            .offset())
                    .isEqualTo(-1);
            TopicPartition unknown = new TopicPartition(partition.topic(), 5);
            assertThatThrownBy(() -> get(admin.listOffsets(
                                    Map.of(unknown, OffsetSpec.latest()),
                                    new org.apache.kafka.clients.admin.ListOffsetsOptions().timeoutMs(2000))
                            .all()))
                    .isInstanceOf(Exception.class);
        }
    }

    @Scenario(since = ClientVersion.V3_9_2)
    public void offsetsAreListedByMaxTimestampAndLocalSpecs() throws Exception {
        TopicPartition partition = new TopicPartition(clients.topic("specs-new", 1), 0);
        long now = System.currentTimeMillis();
        try (KafkaProducer<byte[], byte[]> producer = clients.producer("compression.type", "lz4")) {
            for (long time : new long[] {now - 3000, now, now - 2000}) {
                clients.sendOne(producer, new ProducerRecord<>(partition.topic(), 0, time, null, bytes(time)));
            }
        }
        try (Admin admin = clients.admin()) {
            ListOffsetsResultInfo max = offset(admin, partition, OffsetSpec.maxTimestamp());
            assertThat(max.offset()).isEqualTo(1);
            assertThat(max.timestamp()).isEqualTo(now);
            assertThat(offset(admin, partition, OffsetSpec.earliestLocal()).offset())
                    .isZero();
            assertThat(offset(admin, partition, OffsetSpec.latestTiered()).offset())
                    .isEqualTo(-1);
        }
    }

    private static ListOffsetsResultInfo offset(Admin admin, TopicPartition partition, OffsetSpec spec)
            throws Exception {
        return get(admin.listOffsets(Map.of(partition, spec)).partitionResult(partition));
    }

    @Scenario(since = ClientVersion.V3_9_2)
    public void producersAreDescribed() throws Exception {
        TopicPartition partition = new TopicPartition(clients.topic("producers", 1), 0);
        try (KafkaProducer<byte[], byte[]> producer = clients.producer("enable.idempotence", "true");
                Admin admin = clients.admin()) {
            for (int i = 0; i < 3; i++) {
                clients.sendOne(producer, new ProducerRecord<>(partition.topic(), 0, null, bytes(i)));
            }
            List<ProducerState> states = get(admin.describeProducers(List.of(partition))
                            .partitionResult(partition))
                    .activeProducers();
            assertThat(states).hasSize(1);
            assertThat(states.get(0).lastSequence()).isEqualTo(2);
            assertThat(states.get(0).producerEpoch()).isZero();
            assertThat(states.get(0).currentTransactionStartOffset()).isEmpty();
        }
    }

    @Scenario
    public void featuresAreDescribed() throws Exception {
        try (Admin admin = clients.admin()) {
            FeatureMetadata features = get(admin.describeFeatures().featureMetadata());
            assertThat(features.supportedFeatures()).isNotNull();
        }
    }

    @Scenario
    public void hundredTopicsComeAndGoInOneRequest() throws Exception {
        List<NewTopic> topics = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String name = surroundings.name("bulk");
            names.add(name);
            topics.add(new NewTopic(name, 2, surroundings.replication()));
        }
        try (Admin admin = clients.admin()) {
            get(admin.createTopics(topics).all());
            clients.settle(admin);
            assertThat(get(admin.listTopics().names())).containsAll(names);
            clients.send(names.get(99), 1, 0, 1);
            get(admin.deleteTopics(names).all());
            clients.settle(admin);
            assertThat(get(admin.listTopics().names())).doesNotContainAnyElementsOf(names);
        }
    }
}
