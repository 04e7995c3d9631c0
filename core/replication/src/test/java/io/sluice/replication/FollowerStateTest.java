package io.sluice.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.EpochEnd;
import io.sluice.log.EpochStart;
import io.sluice.replication.FollowerState.OwnLog;
import io.sluice.replication.FollowerState.Repair;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FollowerStateTest {
    private final FollowerState follower = new FollowerState(9);

    /** A log of {@code end} records from 0; {@code epochs} reads "epoch@start epoch@start". */
    private static OwnLog log(long start, long end, String epochs) {
        List<EpochStart> entries = new ArrayList<>();
        for (String entry : epochs.isEmpty() ? new String[0] : epochs.split(" ")) {
            String[] parts = entry.split("@");
            entries.add(new EpochStart(Integer.parseInt(parts[0]), Long.parseLong(parts[1])));
        }
        return new OwnLog(start, end, entries);
    }

    /** R7's table: own log, what the leader says of it, where the own log must end. */
    @ParameterizedTest(name = "{0} ending at {1}, leader says {2} ends at {3}")
    @CsvSource({
        // the leader's epoch is known here and went on here longer than there
        "'1@0', 10, 1, 7, 7",
        // ... or shorter here: what follows belongs to an epoch that the leader never had
        "'1@0 3@5', 10, 1, 7, 5",
        // ... the leader's is shorter than both
        "'1@0 3@5', 10, 1, 3, 3",
        // the leader answers with an epoch that is not known here: cut what is later than the nearest older one
        "'1@0 4@6', 10, 3, 8, 6",
        "'1@0 4@6', 10, 2, 4, 4",
        // two elections without writes in between
        "'1@0 2@4 5@8', 9, 2, 8, 8",
        // all epochs here are newer than what the leader has: nothing is common
        "'4@0 5@3', 6, 2, 5, 0"
    })
    void r7CutsToTheSmallerEndOfTheLeadersEpoch(String epochs, long end, int leaderEpoch, long leaderEnd, long cut) {
        assertThat(follower.onDiverged(new EpochEnd(leaderEpoch, leaderEnd), log(0, end, epochs)))
                .isEqualTo(new Repair.Truncate(cut));
    }

    @Test
    void r7DivergenceBelowTheStartBeginsTheLogAnew() {
        assertThat(follower.onDiverged(new EpochEnd(2, 30), log(50, 80, "2@50")))
                .isEqualTo(new Repair.Reset(30));
    }

    @Test
    void r6AnswerThatWouldCutNothingIsNotActedOn() {
        assertThat(follower.onDiverged(new EpochEnd(1, 10), log(0, 10, "1@0"))).isInstanceOf(Repair.Wait.class);
        assertThat(follower.onDiverged(new EpochEnd(-1, -1), log(0, 10, "1@0"))).isInstanceOf(Repair.Wait.class);
    }

    @Test
    void r6LastEpochIsTheOneOfTheLastBatch() {
        assertThat(log(0, 10, "1@0 3@5").lastEpoch()).isEqualTo(3);
        assertThat(log(0, 10, "1@0 3@10").lastEpoch()).isEqualTo(1);
        assertThat(log(0, 0, "3@0").lastEpoch()).isEqualTo(-1);
        assertThat(log(10, 10, "3@10").lastEpoch()).isEqualTo(-1);
        assertThat(log(0, 0, "").lastEpoch()).isEqualTo(-1);
    }

    @Test
    void r7EpochInWhichNothingWasWrittenIsNoticed() {
        assertThat(log(0, 10, "1@0 3@10").remembersUnwrittenEpoch()).isTrue();
        assertThat(log(0, 10, "1@0 3@9").remembersUnwrittenEpoch()).isFalse();
        assertThat(log(0, 0, "").remembersUnwrittenEpoch()).isFalse();
    }

    @Test
    void r11LogBelowTheLeadersStartBeginsAnewThere() {
        assertThat(follower.onOutOfRange(100, log(0, 40, "1@0"))).isEqualTo(new Repair.Reset(100));
    }

    @Test
    void r11EmptyLogBeyondTheLeadersEndBeginsAnewAtItsStart() {
        assertThat(follower.onOutOfRange(10, log(70, 70, ""))).isEqualTo(new Repair.Reset(10));
    }

    @Test
    void r11LogWithRecordsIsNeverEmptiedForLyingBeyondTheLeadersEnd() {
        assertThat(follower.onOutOfRange(0, log(0, 40, "1@0"))).isInstanceOf(Repair.Wait.class);
        assertThat(follower.onOutOfRange(-1, log(0, 40, "1@0"))).isInstanceOf(Repair.Wait.class);
    }

    @Test
    void r5HighWatermarkIsTheLeadersWithinTheOwnLogAndNeverGoesBack() {
        assertThat(FollowerState.highWatermark(50, 10, 40)).isEqualTo(40);
        assertThat(FollowerState.highWatermark(30, 10, 40)).isEqualTo(30);
        assertThat(FollowerState.highWatermark(5, 10, 40)).isEqualTo(10);
    }

    @Test
    void backOffGrowsUntilTheSettingAndStartsAgainAfterSuccess() {
        assertThat(follower.backOffMs(1_000)).isEqualTo(20);
        assertThat(follower.backOffMs(1_000)).isEqualTo(40);
        for (int i = 0; i < 50; i++) {
            follower.backOffMs(1_000);
        }
        assertThat(follower.backOffMs(1_000)).isEqualTo(1_000);
        follower.succeeded();
        assertThat(follower.backOffMs(1_000)).isEqualTo(20);
    }
}
