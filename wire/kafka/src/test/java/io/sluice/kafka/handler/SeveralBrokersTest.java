package io.sluice.kafka.handler;

import static io.sluice.kafka.handler.SpreadCluster.ELSEWHERE;
import static io.sluice.kafka.handler.SpreadCluster.FOLLOWED;
import static io.sluice.kafka.handler.SpreadCluster.GONE;
import static io.sluice.kafka.handler.SpreadCluster.HIDDEN;
import static io.sluice.kafka.handler.SpreadCluster.LED_BY_HIDDEN;
import static io.sluice.kafka.handler.SpreadCluster.LED_HERE;
import static io.sluice.kafka.handler.SpreadCluster.OFFLINE;
import static io.sluice.kafka.handler.SpreadCluster.OTHER;
import static io.sluice.kafka.handler.SpreadCluster.THIRD;
import static io.sluice.kafka.handler.SpreadCluster.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.ImageEvent;
import io.sluice.cluster.PartitionImage;
import io.sluice.engine.InternalTopics;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one of several brokers tells of the cluster. */
class SeveralBrokersTest {
    private static final byte BROKER_RESOURCE = 4;

    private SpreadCluster cluster;
    private WireClient client;

    @BeforeEach
    void start() throws Exception {
        cluster = new SpreadCluster();
        client = cluster.client;
    }

    @AfterEach
    void stop() throws Exception {
        cluster.close();
    }

    private MetadataResponseData metadata(int version) throws Exception {
        return client.ask(
                ApiKeys.METADATA,
                version,
                new MetadataRequestData()
                        .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName(TOPIC))));
    }

    private MetadataResponsePartition partition(int version, int index) throws Exception {
        return metadata(version).topics().iterator().next().partitions().get(index);
    }

    @Test
    void metadataTellsWhoLeadsEachPartition() throws Exception {
        assertThat(partition(13, LED_HERE).leaderId()).isEqualTo(TestBroker.ID);
        assertThat(partition(13, ELSEWHERE).leaderId()).isEqualTo(OTHER);
        assertThat(partition(13, ELSEWHERE).leaderEpoch()).isEqualTo(6);
        assertThat(partition(13, FOLLOWED).leaderId()).isEqualTo(THIRD);
        assertThat(partition(13, FOLLOWED).replicaNodes()).containsExactly(TestBroker.ID, THIRD);
        assertThat(partition(13, FOLLOWED).isrNodes()).containsExactly(TestBroker.ID, THIRD);
        assertThat(partition(13, FOLLOWED).errorCode()).isZero();
    }

    @Test
    void metadataTellsWhatIsOffline() throws Exception {
        MetadataResponsePartition offline = partition(13, OFFLINE);
        assertThat(Errors.forCode(offline.errorCode())).isEqualTo(Errors.LEADER_NOT_AVAILABLE);
        assertThat(offline.leaderId()).isEqualTo(-1);
        assertThat(offline.offlineReplicas()).containsExactly(GONE);
    }

    @Test
    void leaderThatTheClientCannotReachIsToldAsSuch() throws Exception {
        assertThat(Errors.forCode(partition(13, LED_BY_HIDDEN).errorCode())).isEqualTo(Errors.LISTENER_NOT_FOUND);
        assertThat(Errors.forCode(partition(5, LED_BY_HIDDEN).errorCode())).isEqualTo(Errors.LEADER_NOT_AVAILABLE);
        assertThat(partition(13, LED_BY_HIDDEN).offlineReplicas()).containsExactly(HIDDEN);
    }

    @Test
    void metadataNamesBrokersThatTheClientCanReach() throws Exception {
        assertThat(metadata(13).brokers())
                .extracting(MetadataResponseData.MetadataResponseBroker::nodeId)
                .containsExactlyInAnyOrder(TestBroker.ID, OTHER, THIRD);
        assertThat(metadata(13).brokers().find(OTHER).rack()).isEqualTo("r2");
    }

    @Test
    void partitionsAreDescribedAlike() throws Exception {
        DescribeTopicPartitionsResponseData answer = client.ask(
                ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
                0,
                new DescribeTopicPartitionsRequestData()
                        .setTopics(List.of(new DescribeTopicPartitionsRequestData.TopicRequest().setName(TOPIC))));
        List<DescribeTopicPartitionsResponsePartition> told =
                answer.topics().iterator().next().partitions();
        assertThat(told)
                .extracting(DescribeTopicPartitionsResponsePartition::leaderId)
                .containsExactly(TestBroker.ID, OTHER, THIRD, -1, -1);
        assertThat(told.get(OFFLINE).offlineReplicas()).containsExactly(GONE);
        assertThat(Errors.forCode(told.get(OFFLINE).errorCode())).isEqualTo(Errors.LEADER_NOT_AVAILABLE);
    }

    private DescribeClusterResponseData describeCluster() throws Exception {
        return client.ask(ApiKeys.DESCRIBE_CLUSTER, 1, new DescribeClusterRequestData());
    }

    @Test
    void controllerIsTheOneOfTheImage() throws Exception {
        assertThat(metadata(13).controllerId()).isEqualTo(OTHER);
        assertThat(describeCluster().controllerId()).isEqualTo(OTHER);
    }

    @Test
    void whileTheControllerIsAwayThisBrokerStandsIn() throws Exception {
        cluster.cluster.publish(new ImageEvent.BrokerGone(OTHER));
        assertThat(metadata(13).controllerId()).isEqualTo(TestBroker.ID);
        cluster.cluster.publish(new ImageEvent.ControllerChanged(HIDDEN));
        assertThat(describeCluster().controllerId()).isEqualTo(TestBroker.ID);
    }

    @Test
    void whatChangesTheClusterIsRefusedRetriablyWhileThereIsNoController() throws Exception {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(10_000);
        request.topics()
                .add(new CreateTopicsRequestData.CreatableTopic()
                        .setName("new")
                        .setNumPartitions(1)
                        .setReplicationFactor((short) 1));
        CreateTopicsResponseData answer = client.ask(ApiKeys.CREATE_TOPICS, 7, request);
        assertThat(Errors.forCode(answer.topics().iterator().next().errorCode()))
                .isEqualTo(Errors.NOT_CONTROLLER);
    }

    private List<Integer> fenced(boolean asked) throws Exception {
        DescribeClusterRequestData request = new DescribeClusterRequestData().setIncludeFencedBrokers(asked);
        DescribeClusterResponseData answer = client.ask(ApiKeys.DESCRIBE_CLUSTER, 2, request);
        return answer.brokers().stream()
                .filter(DescribeClusterResponseData.DescribeClusterBroker::isFenced)
                .map(DescribeClusterResponseData.DescribeClusterBroker::brokerId)
                .toList();
    }

    @Test
    void brokerThatIsAboutToLeaveIsFencedForThoseWhoAsk() throws Exception {
        BrokerInfo third = cluster.cluster.image().brokers().get(THIRD);
        cluster.cluster.publish(new ImageEvent.BrokerRegistered(third.leaving()));
        assertThat(fenced(true)).containsExactly(THIRD);
        assertThat(fenced(false)).isEmpty();
    }

    private FindCoordinatorResponseData.Coordinator coordinator() throws Exception {
        FindCoordinatorResponseData answer = client.ask(
                ApiKeys.FIND_COORDINATOR,
                6,
                new FindCoordinatorRequestData().setKeyType((byte) 0).setCoordinatorKeys(List.of("g")));
        return answer.coordinators().get(0);
    }

    @Test
    void coordinatorIsWhoLeadsTheGroupsPartition() throws Exception {
        assertThat(coordinator().nodeId()).isEqualTo(OTHER);
        assertThat(coordinator().host()).isEqualTo("two.example");
        assertThat(coordinator().port()).isEqualTo(9002);
    }

    @Test
    void groupWhosePartitionIsOfflineHasNoCoordinator() throws Exception {
        cluster.cluster.publish(new ImageEvent.TopicChanged(ScriptedCluster.topic(
                InternalTopics.OFFSETS,
                new UUID(1, 2),
                ScriptedCluster.partition(PartitionImage.NO_LEADER, 4, OTHER, THIRD))));
        assertThat(Errors.forCode(coordinator().errorCode())).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
    }

    @Test
    void settingsOfAnotherBrokerAreAskedThere() throws Exception {
        DescribeConfigsResponseData answer = client.ask(
                ApiKeys.DESCRIBE_CONFIGS,
                4,
                new DescribeConfigsRequestData()
                        .setResources(List.of(new DescribeConfigsRequestData.DescribeConfigsResource()
                                .setResourceType(BROKER_RESOURCE)
                                .setResourceName(String.valueOf(OTHER))
                                .setConfigurationKeys(null))));
        assertThat(Errors.forCode(answer.results().get(0).errorCode())).isEqualTo(Errors.INVALID_REQUEST);
    }
}
