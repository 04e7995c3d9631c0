package io.sluice.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.LogId;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Each checker is shown a history that breaks its rule, or nobody would know that it looks. */
class CheckersTest {
    private static final LogId PARTITION = new LogId(new UUID(0, 1), "topic", 0);

    private final World world = new World(1, RunOptions.single(1));
    private final PartitionHistory history = world.history().of(PARTITION);

    private void attempt(String value) {
        int number = Integer.parseInt(value.substring(value.indexOf('#') + 1));
        history.attempted(value, value.substring(0, value.indexOf('#')), number, true);
    }

    private void attemptAll(String... values) {
        for (String value : values) {
            attempt(value);
        }
    }

    private void committed(long offset, int epoch, String value) {
        history.below(new LogCopy.Entry(offset, epoch, value), "broker1");
    }

    private void assertCaught(String rule) {
        assertThat(world.violation())
                .hasValueSatisfying(what -> assertThat(what).contains(rule));
    }

    private void assertNothingFound() {
        assertThat(world.violation()).isEmpty();
    }

    @Test
    void soundHistoryPasses() {
        attemptAll("a#0", "a#1", "b#0");
        history.leads(1, 0, 0);
        committed(0, 0, "a#0");
        history.committedIn(0);
        history.acknowledged("a#0", 0);
        history.acknowledged("b#0", 1);
        history.leads(2, 1, 2);
        committed(1, 1, "b#0");
        committed(2, 1, "a#1");
        committed(0, 0, "a#0");
        history.read(new LogCopy.Entry(1, 1, "b#0"), "consumer");
        history.acknowledged("a#1", 2);
        history.nothingIsMissing();
        assertNothingFound();
    }

    @Test
    void r1AcknowledgedRecordThatNeverShowsIsCaught() {
        attempt("a#0");
        history.acknowledged("a#0", 0);
        assertNothingFound();
        history.nothingIsMissing();
        assertCaught("not committed in the end");
    }

    @Test
    void r1AnotherRecordAtAnAcknowledgedOffsetIsCaught() {
        attemptAll("a#0", "b#0");
        history.acknowledged("a#0", 0);
        committed(0, 1, "b#0");
        assertCaught("r1");
    }

    @Test
    void r1AcknowledgementForAnOffsetThatHoldsSomethingElseIsCaught() {
        attemptAll("a#0", "b#0");
        committed(0, 1, "b#0");
        history.acknowledged("a#0", 0);
        assertCaught("r1");
    }

    @Test
    void oneOffsetAcknowledgedTwiceIsCaught() {
        attemptAll("a#0", "b#0");
        history.acknowledged("a#0", 0);
        history.acknowledged("b#0", 0);
        assertCaught("r1");
    }

    @Test
    void recordThatNobodySentIsCaught() {
        committed(0, 0, "a#0");
        assertCaught("nobody sent");
    }

    @Test
    void replicasThatDifferBelowTheHighWatermarkAreCaught() {
        attemptAll("a#0", "b#0");
        committed(0, 0, "a#0");
        history.below(new LogCopy.Entry(0, 0, "b#0"), "broker2");
        assertCaught("log matching");
    }

    @Test
    void replicasThatDifferInTheEpochOnlyAreCaught() {
        attempt("a#0");
        committed(0, 0, "a#0");
        history.below(new LogCopy.Entry(0, 1, "a#0"), "broker2");
        assertCaught("log matching");
    }

    @Test
    void t1DuplicateOfAnIdempotentProducerIsCaught() {
        attempt("a#0");
        committed(0, 0, "a#0");
        committed(1, 0, "a#0");
        assertCaught("t1");
    }

    @Test
    void t2GapOfAnIdempotentProducerIsCaught() {
        attemptAll("a#0", "a#1");
        committed(0, 0, "a#1");
        assertCaught("t2");
    }

    @Test
    void t1SecondOffsetForOneRecordIsCaught() {
        attempt("a#0");
        history.acknowledged("a#0", 0);
        history.acknowledged("a#0", 5);
        assertCaught("t1");
    }

    @Test
    void r9TwoLeadersOfOneEpochAreCaught() {
        history.leads(1, 3, 0);
        history.leads(1, 3, 4);
        assertNothingFound();
        history.leads(2, 3, 4);
        assertCaught("both lead");
    }

    @Test
    void leaderThatLacksCommittedRecordsIsCaught() {
        attempt("a#0");
        committed(0, 0, "a#0");
        history.committedIn(0);
        history.leads(2, 1, 0);
        assertCaught("leader completeness");
    }

    @Test
    void lateNewsOfAnOldLeaderIsNotTakenForIncompleteness() {
        attempt("a#0");
        committed(0, 2, "a#0");
        history.committedIn(2);
        history.leads(2, 1, 0);
        assertNothingFound();
    }

    @Test
    void r5ReadBeyondWhatIsCommittedIsCaught() {
        attempt("a#0");
        history.read(new LogCopy.Entry(0, 0, "a#0"), "consumer");
        assertCaught("r5");
    }

    @Test
    void readerThatSeesSomethingElseIsCaught() {
        attemptAll("a#0", "b#0");
        committed(0, 0, "a#0");
        history.read(new LogCopy.Entry(0, 0, "b#0"), "consumer");
        assertCaught("log matching");
    }

    @Test
    void gapBelowTheHighWatermarkIsCaught() {
        attempt("a#0");
        committed(1, 0, "a#0");
        assertCaught("skips");
    }
}
