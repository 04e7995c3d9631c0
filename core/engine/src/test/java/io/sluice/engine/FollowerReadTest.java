package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Consumers read from a follower what it knows to be committed (KIP-392). */
class FollowerReadTest {
    private static final String TOPIC = "t";
    private static final int EPOCH = 0;

    private final EngineCluster cluster = new EngineCluster(Map.of("replica.lag.time.max.ms", "10000"), 1, 2, 3);

    @BeforeEach
    void fill() {
        cluster.controller.createTopic(TOPIC, 1, Map.of(), 1, 2, 3);
        cluster.advanceMs(5_000);
        cluster.append(1, TOPIC, 0, true, "a", "b");
        cluster.advanceMs(1_000);
    }

    private Partition follower() {
        return cluster.partition(2, TOPIC, 0);
    }

    private ReadOutcome read(long offset) {
        return follower().readAnywhere(offset, 1_000, true, EPOCH);
    }

    private static void assertRefused(ReadOutcome outcome, ReadError error) {
        assertThat(outcome).isInstanceOfSatisfying(ReadOutcome.Refused.class, refused -> assertThat(refused.error())
                .isEqualTo(error));
    }

    @Test
    void followerGivesWhatIsCommittedAndTheLeadersReadDoesNot() {
        ReadOutcome outcome = read(0);
        assertThat(outcome).isInstanceOf(ReadOutcome.Data.class);
        ((ReadOutcome.Data) outcome).slice().close();
        assertRefused(follower().read(0, 1_000, true, EPOCH), ReadError.NOT_LEADER);
    }

    @Test
    void r5RecordsThatAreNotKnownToBeCommittedAreNotGivenAndNotOutOfRange() {
        cluster.links.cut(1, 3);
        cluster.append(1, TOPIC, 0, false, "c");
        cluster.advanceMs(1_000);
        assertThat(follower().endOffset()).isEqualTo(3);
        assertThat(follower().highWatermark()).isEqualTo(2);
        assertThat(read(2)).isEqualTo(new ReadOutcome.Nothing(2, 0));
        assertThat(read(3)).isEqualTo(new ReadOutcome.Nothing(2, 0));
        assertRefused(read(4), ReadError.OFFSET_NOT_AVAILABLE);
    }

    @Test
    void offsetBelowTheFollowersStartIsOutOfRange() {
        cluster.engine(1).queries().deleteRecordsBefore(cluster.partition(1, TOPIC, 0), 1, 1_000);
        cluster.advanceMs(1_500);
        assertRefused(read(0), ReadError.OFFSET_OUT_OF_RANGE);
    }

    @Test
    void r8OtherLeaderEpochsAreFencedByFollowersToo() {
        cluster.controller.elect(TOPIC, 0, 3, 1, 2, 3);
        cluster.advanceMs(1_000);
        assertRefused(follower().readAnywhere(0, 1_000, true, 0), ReadError.FENCED_LEADER_EPOCH);
        assertRefused(follower().readAnywhere(0, 1_000, true, 2), ReadError.UNKNOWN_LEADER_EPOCH);
    }

    @Test
    void consumerThatWaitsAtAFollowerIsWokenNoLaterThanItsNextFetchEnds() {
        List<String> woken = new ArrayList<>();
        ReadWaiter waiter = new ReadWaiter() {
            @Override
            protected void wake() {
                woken.add("at " + follower().highWatermark());
            }
        };
        follower().subscribe(waiter);
        cluster.loop.runAll();
        waiter.arm(2);
        cluster.append(1, TOPIC, 0, true, "c");
        cluster.advanceMs(1);
        assertThat(woken).isEmpty();
        cluster.advanceMs(500); // replica.fetch.wait.max.ms: the high watermark comes with the answer after
        assertThat(woken).containsExactly("at 3");
    }

    @Test
    void consumerThatWaitsAtAFollowerIsWokenWhenThePartitionLeaves() {
        List<String> woken = new ArrayList<>();
        Partition leaving = follower();
        ReadWaiter waiter = new ReadWaiter() {
            @Override
            protected void wake() {
                woken.add("served: " + leaving.leadership().isServed());
            }
        };
        leaving.subscribe(waiter);
        waiter.arm(2);
        cluster.controller.deleteTopic(TOPIC);
        cluster.loop.runAll();
        assertThat(woken).containsExactly("served: false");
    }
}
