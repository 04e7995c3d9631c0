package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** R14: which of several replicas leads that may all have lost records. Broker 1 is controller and has no replica. */
class LastKnownQueryTest {
    private static final BrokerIds REPLICAS = BrokerIds.of(2, 3, 4);

    private final TestCluster cluster = TestCluster.of(4);

    LastKnownQueryTest() {
        NewTopic topic = new NewTopic(
                "orders", NewTopic.DEFAULT, NewTopic.DEFAULT, List.of(REPLICAS), Map.of("min.insync.replicas", "3"));
        cluster.node(1).awaitOne(cluster.node(1).cluster().createTopics(List.of(topic), false));
        cluster.loop().advanceMs(1_000);
        REPLICAS.forEach(cluster::kill);
        cluster.loop().advanceMs(3_000);
        assertThat(partition(0).isOffline()).isTrue();
    }

    private PartitionImage partition(int index) {
        return cluster.node(1).cluster().image().partition("orders", index).orElseThrow();
    }

    private void comesBack(int broker, int lastEpoch, long endOffset) {
        TestNode node = cluster.add(broker);
        node.node().logEnds((topic, partition) -> partition == 0 ? new LogEnd(lastEpoch, endOffset) : LogEnd.NONE);
        node.join();
        cluster.loop().advanceMs(500);
    }

    @Test
    void r14LongestOfTheLatestEpochLeads() {
        comesBack(2, 3, 900);
        comesBack(3, 4, 50);
        assertThat(partition(0).isOffline()).as("broker 4 may have more").isTrue();
        comesBack(4, 4, 60);

        assertThat(partition(0).leader()).isEqualTo(4);
        assertThat(partition(0).isr()).isEqualTo(BrokerIds.of(4));
        assertThat(partition(0).eligibility().recovering()).isTrue();
    }

    @Test
    void r14AssignmentDecidesBetweenEqualLogs() {
        comesBack(4, 4, 60);
        comesBack(3, 4, 60);
        comesBack(2, 4, 59);

        assertThat(partition(0).leader()).isEqualTo(3);
    }

    @Test
    void r14AssignmentDecidesWhenOneDoesNotAnswerInTime() {
        comesBack(3, 3, 10);
        comesBack(4, 4, 60);
        cluster.peers().silence(4);
        comesBack(2, 3, 9);
        assertThat(partition(0).isOffline()).as("broker 4 may yet answer").isTrue();

        cluster.loop().advanceMs(LastKnownQuery.WAIT_MS);

        assertThat(partition(0).leader()).isEqualTo(2);
    }

    @Test
    void r14AssignmentDecidesWhenOneKnowsNoSuchQuestion() {
        comesBack(3, 3, 10);
        comesBack(4, 4, 60);
        cluster.add(2).join(); // has no logs to speak of
        cluster.loop().advanceMs(500 + LastKnownQuery.WAIT_MS);

        assertThat(partition(0).leader()).isEqualTo(2);
    }

    @Test
    void r12ProcessThatComesInBetweenIsAskedItself() {
        comesBack(3, 3, 10);
        comesBack(4, 4, 60);
        cluster.peers().silence(4);
        comesBack(2, 3, 9);
        cluster.kill(4);
        cluster.loop().advanceMs(200);
        comesBack(4, 2, 5);
        cluster.loop().advanceMs(2_000);

        assertThat(partition(0).leader()).isEqualTo(3);
    }

    @Test
    void r18ReplacedControllerIsToldNothing() {
        TestNode node = cluster.node(1);
        long epoch = node.cluster().brokerEpoch();
        Asker asker = new Asker(2, 1);

        PeerAnswer old = ask(node, new PeerRequest.Sender(node.cluster().image().clusterId(), 0, asker), epoch);
        PeerAnswer foreign = ask(node, new PeerRequest.Sender("another", 1, asker), epoch);
        PeerAnswer otherProcess =
                ask(node, new PeerRequest.Sender(node.cluster().image().clusterId(), 1, asker), epoch - 1);
        PeerAnswer rightly =
                ask(node, new PeerRequest.Sender(node.cluster().image().clusterId(), 1, asker), epoch);

        assertThat(old).isInstanceOf(PeerAnswer.NotController.class);
        assertThat(foreign).isInstanceOf(PeerAnswer.Refused.class);
        assertThat(otherProcess).isInstanceOf(PeerAnswer.Refused.class);
        assertThat(rightly).isEqualTo(new PeerAnswer.LogEnds(epoch, List.of(new LogEnd(7, 8))));
    }

    private PeerAnswer ask(TestNode node, PeerRequest.Sender sender, long brokerEpoch) {
        node.node().logEnds((topic, partition) -> new LogEnd(7, 8));
        PeerRequest request =
                new PeerRequest.LogEnds(sender, brokerEpoch, List.of(new PeerRequest.Replica(new UUID(1, 2), 3)));
        return PeerAnswer.read(cluster.await(node.node().service().serve(this, PeerRequest.write(request))));
    }
}
