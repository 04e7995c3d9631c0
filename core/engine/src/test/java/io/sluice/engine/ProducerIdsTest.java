package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.ManualLoop;
import io.sluice.cluster.FakeCoordination;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.Refusal;
import io.sluice.cluster.TestNode;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Ids for producers, from a real controller on a model of ZooKeeper that may be away. */
class ProducerIdsTest {
    private static final int BLOCK = 1000;

    private final ManualLoop loop = new ManualLoop();
    private final TestNode node = TestNode.joined(loop, new FakeCoordination());
    private final ProducerIds ids = new ProducerIds(loop, node.cluster());
    private final Set<Long> given = new HashSet<>();

    @Test
    void t5NoIdIsGivenTwiceOverManyBlocks() {
        take(5 * BLOCK);

        assertThat(given).hasSize(5 * BLOCK);
    }

    @Test
    void idsAreThereFromTheFirstMomentWithoutZooKeeper() {
        ids.prepare();
        loop.runAll();

        zooKeeperGoes();

        take(BLOCK);
        assertThat(given).hasSize(BLOCK);
    }

    @Test
    void halfABlockAtLeastIsThereWithoutZooKeeperHoweverManyWereTaken() {
        take(BLOCK / 2 + 17);

        zooKeeperGoes();

        take(BLOCK + BLOCK / 2 - 17);
        assertThat(given).hasSize(2 * BLOCK);
    }

    @Test
    void lackOfIdsIsRetriableAndEndsWhenZooKeeperIsBack() {
        zooKeeperGoes();
        assertThat(next()).isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(refused.reason())
                .isEqualTo(Refusal.COORDINATION_UNAVAILABLE));

        node.store().reconnect();
        loop.advanceMs(1_000);

        take(1);
    }

    private void zooKeeperGoes() {
        node.store().disconnect();
        loop.runAll();
    }

    private void take(int count) {
        for (int i = 0; i < count; i++) {
            given.add(((Outcome.Done<Long>) next()).value());
        }
    }

    private Outcome<Long> next() {
        return node.await(ids.next());
    }
}
