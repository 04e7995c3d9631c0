package io.sluice.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.engine.FollowerLog.Taken;
import io.sluice.log.BatchHeader;
import io.sluice.log.Batches;
import java.nio.ByteBuffer;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FollowerLogTest {
    private static final String TOPIC = "t";
    private static final int EPOCH = 0;

    private final EngineCluster cluster = new EngineCluster(Map.of("replica.lag.time.max.ms", "10000"), 1, 2);

    @BeforeEach
    void fill() {
        cluster.controller.createTopic(TOPIC, 1, Map.of(), 1, 2);
        cluster.advanceMs(1_000);
        cluster.append(1, TOPIC, 0, true, "a");
        cluster.advanceMs(1_000);
    }

    private Taken append(int epoch, String value) {
        Partition follower = cluster.partition(2, TOPIC, 0);
        ByteBuffer batch = Batches.of(1_700_000_000_000L, value);
        BatchHeader.baseOffset(batch, batch.position(), follower.endOffset());
        BatchHeader.leaderEpoch(batch, batch.position(), epoch);
        return follower.followerLog().append(batch, 0, 0);
    }

    @Test
    void r8BatchOfALaterEpochThanTheOneThatIsFollowedIsNotTaken() {
        assertThat(append(EPOCH + 1, "from a leader that lost its leadership"))
                .isInstanceOfSatisfying(Taken.Refused.class, refused -> assertThat(refused.passing())
                        .isTrue());
        assertThat(append(EPOCH, "b")).isEqualTo(new Taken.Written());
        assertThat(cluster.values(2, TOPIC, 0)).containsExactly("a", "b");
    }

    @Test
    void r10BatchWhoseLengthLeadsBeyondWhatCameStopsThePartition() {
        ByteBuffer batch = Batches.of(1_700_000_000_000L, "b");
        BatchHeader.baseOffset(batch, batch.position(), 1);
        batch.putInt(batch.position() + 8, Integer.MAX_VALUE); // after the base offset
        Taken taken = cluster.partition(2, TOPIC, 0).followerLog().append(batch, 0, 0);
        assertThat(taken).isInstanceOfSatisfying(Taken.Refused.class, refused -> assertThat(refused.passing())
                .isFalse());
    }
}
