package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.BrokerIds;
import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.ImageDraft;
import io.sluice.cluster.ImageEvent;
import io.sluice.cluster.ImageVersion;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.TopicImage;
import io.sluice.log.MemoryDisk;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The topic of group offsets, made when its cluster was smaller, gets its replicas as brokers come. */
class OffsetsTopicReplicasTest {
    private static final int PARTITIONS = 6;
    private static final long ASKED_AGAIN_MS = 11_000;

    private final EngineCluster cluster = new EngineCluster(Map.of(), 1);

    private void startWithOneReplica() {
        cluster.controller.controllerIs(1);
        cluster.controller.createTopic(InternalTopics.OFFSETS, PARTITIONS, Map.of(), 1);
        cluster.advanceMs(100);
    }

    private void join(int broker) {
        cluster.start(broker, new MemoryDisk());
        cluster.advanceMs(100);
    }

    private List<BrokerIds> replicas() {
        return cluster.controller.image().topic(InternalTopics.OFFSETS).orElseThrow().partitions().stream()
                .map(PartitionImage::replicas)
                .toList();
    }

    @Test
    void eachBrokerThatComesIsGivenReplicasUntilThereAreEnough() {
        startWithOneReplica();
        assertThat(cluster.controller.movesAsked()).isEmpty();

        join(2);
        assertThat(replicas()).containsOnly(BrokerIds.of(1, 2));
        join(3);
        assertThat(replicas()).containsOnly(BrokerIds.of(1, 2, 3));
        join(4);

        assertThat(replicas()).containsOnly(BrokerIds.of(1, 2, 3));
        assertThat(cluster.controller.movesAsked())
                .as("the controller's broker alone")
                .containsExactly(1, 1);
    }

    @Test
    void whatNobodyCouldDoIsAskedForAgain() {
        startWithOneReplica();
        cluster.controller.mood(HandMadeController.Mood.AWAY);
        join(2);
        assertThat(replicas()).containsOnly(BrokerIds.of(1));

        cluster.controller.mood(HandMadeController.Mood.ANSWERS);
        cluster.advanceMs(ASKED_AGAIN_MS);

        assertThat(replicas()).containsOnly(BrokerIds.of(1, 2));
    }

    @Test
    void cordonedBrokerIsGivenNothingUntilItMayBe() {
        startWithOneReplica();
        cluster.controller.configureBroker(2, Map.of("sluice.broker.cordoned", "true"));
        join(2);
        assertThat(replicas()).containsOnly(BrokerIds.of(1));

        cluster.controller.configureBroker(2, Map.of());
        cluster.advanceMs(100);

        assertThat(replicas()).containsOnly(BrokerIds.of(1, 2));
    }

    @Test
    void newReplicasGoToOtherRacksAndAreSpread() {
        ClusterImage image = image(2, broker(1, "a"), broker(2, "a"), broker(3, "b"), broker(4, "b"));

        assertThat(OffsetsTopicReplicas.moves(image, 2))
                .extracting(move -> move.target().orElseThrow())
                .containsExactly(BrokerIds.of(1, 3), BrokerIds.of(1, 4));
    }

    @Test
    void topicThatIsNotThereOrHasEnoughIsLeftAlone() {
        assertThat(OffsetsTopicReplicas.moves(ClusterImage.empty("cluster"), 3)).isEmpty();
        assertThat(OffsetsTopicReplicas.moves(image(1, broker(1, "a"), broker(2, "b")), 1))
                .isEmpty();
    }

    private static BrokerInfo broker(int id, String rack) {
        return new BrokerInfo(id, id, List.of(), Optional.of(rack));
    }

    /** The topic's partitions are on broker 1. */
    private static ClusterImage image(int partitions, BrokerInfo... brokers) {
        ImageDraft draft = ClusterImage.empty("cluster").draft();
        for (BrokerInfo broker : brokers) {
            draft.apply(new ImageEvent.BrokerRegistered(broker));
        }
        PartitionImage each = new PartitionImage(1, 0, BrokerIds.of(1), BrokerIds.of(1), 0);
        draft.apply(new ImageEvent.TopicCreated(new TopicImage(
                new UUID(7, 7), InternalTopics.OFFSETS, Map.of(), Collections.nCopies(partitions, each))));
        return draft.seal(new ImageVersion(1, 1));
    }
}
