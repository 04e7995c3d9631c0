package io.sluice.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.BrokerIds;
import io.sluice.cluster.Eligibility;
import io.sluice.cluster.ImageEvent;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.Reassignment;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData.ListPartitionReassignmentsTopics;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingPartitionReassignment;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Moves of partitions, elections by hand, and brokers that go for good. */
class PlacementHandlersTest {
    private static final String MOVING = "moving";

    private SpreadCluster cluster;
    private WireClient client;

    @BeforeEach
    void start() throws Exception {
        cluster = new SpreadCluster();
        client = cluster.client;
        BrokerIds both = BrokerIds.of(1, 2, 3);
        cluster.cluster.publish(new ImageEvent.TopicCreated(ScriptedCluster.topic(
                MOVING,
                new UUID(1, 3),
                new PartitionImage(
                        2,
                        1,
                        both,
                        BrokerIds.of(2),
                        1,
                        new Eligibility(BrokerIds.of(1), BrokerIds.of(3), false),
                        new Reassignment(BrokerIds.of(1, 2), BrokerIds.of(2, 3))),
                ScriptedCluster.partition(2, 1, 2, 3))));
        cluster.broker.awaitReady();
    }

    @AfterEach
    void stop() throws Exception {
        cluster.close();
    }

    private List<String> moves(List<ListPartitionReassignmentsTopics> topics) throws Exception {
        ListPartitionReassignmentsResponseData answer = client.ask(
                ApiKeys.LIST_PARTITION_REASSIGNMENTS, 0, new ListPartitionReassignmentsRequestData().setTopics(topics));
        return answer.topics().stream()
                .flatMap(topic -> topic.partitions().stream().map(partition -> topic.name() + describe(partition)))
                .toList();
    }

    private static String describe(OngoingPartitionReassignment partition) {
        return "-" + partition.partitionIndex() + " " + partition.replicas() + " +" + partition.addingReplicas() + " -"
                + partition.removingReplicas();
    }

    @Test
    void movesUnderWayAreListed() throws Exception {
        assertThat(moves(null)).containsExactly("moving-0 [1, 2, 3] +[3] -[1]");
    }

    @Test
    void movesOfNamedPartitionsAreListedWhereThereAreAny() throws Exception {
        List<ListPartitionReassignmentsTopics> named = List.of(
                new ListPartitionReassignmentsTopics().setName(MOVING).setPartitionIndexes(List.of(0, 1, 77)),
                new ListPartitionReassignmentsTopics()
                        .setName(SpreadCluster.TOPIC)
                        .setPartitionIndexes(List.of(0)),
                new ListPartitionReassignmentsTopics().setName("nosuch").setPartitionIndexes(List.of(0)));
        assertThat(moves(named)).containsExactly("moving-0 [1, 2, 3] +[3] -[1]");
    }

    private ReassignablePartitionResponse reassign(int version, List<Integer> replicas, boolean anyFactor)
            throws Exception {
        AlterPartitionReassignmentsResponseData answer = client.ask(
                ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                version,
                PlacementSamples.reassign(MOVING, replicas).setAllowReplicationFactorChange(anyFactor));
        return answer.responses().get(0).partitions().get(0);
    }

    @Test
    void moveIsAskedOfTheController() throws Exception {
        assertThat(Errors.forCode(reassign(1, List.of(3, 1), true).errorCode())).isEqualTo(Errors.NOT_CONTROLLER);
        assertThat(Errors.forCode(reassign(0, null, true).errorCode())).isEqualTo(Errors.NOT_CONTROLLER);
        assertThat(cluster.cluster.asked())
                .containsExactly(
                        "reassign [PartitionMove[partition=moving-0, target=Optional[[3, 1]]]]",
                        "reassign [PartitionMove[partition=moving-0, target=Optional.empty]]");
    }

    @Test
    void moveToAnotherNumberOfReplicasIsRefusedWhereTheClientAsksForThat() throws Exception {
        ReassignablePartitionResponse more = reassign(1, List.of(1, 2, 3), false);
        assertThat(Errors.forCode(more.errorCode())).isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
        assertThat(more.errorMessage()).contains("moving-0 has 2 replicas and would have 3");
        assertThat(Errors.forCode(reassign(1, List.of(1, 3), false).errorCode()))
                .isEqualTo(Errors.NOT_CONTROLLER);
    }

    @Test
    void electionOfAllAsksForThoseThatItCanChange() throws Exception {
        ElectLeadersResponseData preferred = client.ask(ApiKeys.ELECT_LEADERS, 2, PlacementSamples.elect(null));
        assertThat(preferred.replicaElectionResults()).hasSize(2);
        client.ask(ApiKeys.ELECT_LEADERS, 2, PlacementSamples.elect(null).setElectionType((byte) 1));
        assertThat(cluster.cluster.asked())
                .containsExactly(
                        "PREFERRED [moving-0, spread-2, spread-3]", // of which 3 is offline
                        "UNCLEAN [spread-3]");
    }

    @Test
    void electionOfNamedPartitionsIsAnsweredForEach() throws Exception {
        ElectLeadersRequestData request = PlacementSamples.elect(MOVING);
        ElectLeadersResponseData answer = client.ask(ApiKeys.ELECT_LEADERS, 1, request);
        assertThat(Errors.forCode(answer.replicaElectionResults()
                        .get(0)
                        .partitionResult()
                        .get(0)
                        .errorCode()))
                .isEqualTo(Errors.NOT_CONTROLLER);
    }

    @Test
    void unknownKindOfElectionIsRefused() throws Exception {
        ElectLeadersResponseData answer = client.ask(
                ApiKeys.ELECT_LEADERS, 2, PlacementSamples.elect(null).setElectionType((byte) 7));
        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(cluster.cluster.asked()).isEmpty();
    }

    @Test
    void brokerIsUnregisteredByTheController() throws Exception {
        UnregisterBrokerResponseData answer =
                client.ask(ApiKeys.UNREGISTER_BROKER, 0, new UnregisterBrokerRequestData().setBrokerId(9));
        assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NOT_CONTROLLER);
        assertThat(answer.errorMessage()).isEqualTo("there is no controller");
        assertThat(cluster.cluster.asked()).containsExactly("unregister 9");
    }

    @Test
    void eligibleReplicasAreDescribed() throws Exception {
        DescribeTopicPartitionsResponseData answer = client.ask(
                ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                0,
                new DescribeTopicPartitionsRequestData()
                        .setTopics(List.of(new DescribeTopicPartitionsRequestData.TopicRequest().setName(MOVING))));
        DescribeTopicPartitionsResponsePartition told =
                answer.topics().iterator().next().partitions().get(0);
        assertThat(told.isrNodes()).containsExactly(2);
        assertThat(told.eligibleLeaderReplicas()).containsExactly(1);
        assertThat(told.lastKnownElr()).containsExactly(3);
    }
}
