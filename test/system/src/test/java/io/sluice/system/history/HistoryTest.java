package io.sluice.system.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.crash.Payload;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The checker sees what the chaos tests rely on it to see: one bad history for each anomaly. */
class HistoryTest {
    private static final TopicPartition EXACTLY = new TopicPartition("exactly", 0);
    private static final TopicPartition AT_LEAST = new TopicPartition("at-least", 0);
    private static final int WRITER = 1;

    private static final long STEP_NANOS = 1_000_000;

    private final AtomicLong clock = new AtomicLong();
    private final History history = new History(() -> clock.addAndGet(STEP_NANOS))
            .exactlyOnce(List.of(EXACTLY))
            .atLeastOnce(List.of(AT_LEAST));
    private final History.Reader reader = history.new Reader("reader");

    private void sending(TopicPartition partition, long... numbers) {
        for (long number : numbers) {
            history.sending(partition, new Payload(WRITER, number));
        }
    }

    private void acked(TopicPartition partition, long number, long offset) {
        history.acked(partition, offset, new Payload(WRITER, number));
    }

    private static void found(History.Reader by, TopicPartition partition, long offset, byte[] value) {
        by.found(new ConsumerRecord<>(partition.topic(), partition.partition(), offset, new byte[0], value));
    }

    private void found(TopicPartition partition, long offset, long number) {
        found(reader, partition, offset, new Payload(WRITER, number).bytes());
    }

    private List<Anomaly> anomalies() {
        Verdict verdict = history.verdict(0);
        return verdict instanceof Verdict.Fail fail
                ? fail.findings().stream().map(Finding::anomaly).toList()
                : List.of();
    }

    @Test
    void goodHistoryPassesWithWhatIsUnknownThereOrNot() {
        sending(EXACTLY, 0, 1, 2);
        acked(EXACTLY, 0, 0);
        acked(EXACTLY, 1, 1);
        sending(AT_LEAST, 0, 1, 2);
        history.refused(AT_LEAST, new Payload(WRITER, 1));
        acked(AT_LEAST, 2, 1);
        found(EXACTLY, 0, 0);
        found(EXACTLY, 1, 1);
        found(AT_LEAST, 0, 2);
        found(AT_LEAST, 1, 2);

        assertThat(history.verdict(3)).isEqualTo(new Verdict.Pass(3, 1, 2));
    }

    @Test
    void tooFewAcksLeaveItUnknown() {
        sending(EXACTLY, 0);
        acked(EXACTLY, 0, 0);
        found(EXACTLY, 0, 0);

        assertThat(history.verdict(2)).isInstanceOf(Verdict.Unknown.class);
    }

    @Test
    void doubtLeavesItUnknown() {
        history.doubt("the fault was never felt");

        assertThat(history.verdict(0)).isEqualTo(new Verdict.Unknown(List.of("the fault was never felt")));
    }

    @Test
    void lostRecordIsSeen() {
        sending(AT_LEAST, 0, 1);
        acked(AT_LEAST, 0, 0);
        acked(AT_LEAST, 1, 1);
        found(AT_LEAST, 0, 0);

        assertThat(anomalies()).containsExactly(Anomaly.LOST);
    }

    @Test
    void lostRecordWithoutAnOffsetIsSeen() {
        sending(EXACTLY, 0);
        acked(EXACTLY, 0, -1);

        assertThat(anomalies()).containsExactly(Anomaly.LOST);
    }

    @Test
    void recordThatNobodySentIsSeen() {
        sending(AT_LEAST, 0);
        found(AT_LEAST, 0, 7);

        assertThat(anomalies()).containsExactly(Anomaly.NEVER_SENT);
    }

    @Test
    void tornValueIsSeen() {
        byte[] torn = new Payload(WRITER, 0).bytes();
        torn[torn.length / 2] ^= 1;
        sending(AT_LEAST, 0);
        found(reader, AT_LEAST, 0, torn);

        assertThat(anomalies()).containsExactly(Anomaly.TORN);
    }

    @Test
    void refusedRecordThatIsThereIsSeen() {
        sending(AT_LEAST, 0);
        history.refused(AT_LEAST, new Payload(WRITER, 0));
        found(AT_LEAST, 0, 0);

        assertThat(anomalies()).containsExactly(Anomaly.REFUSED_BUT_READ);
    }

    @Test
    void twoValuesAtOneOffsetAreSeen() {
        sending(AT_LEAST, 0, 1);
        found(AT_LEAST, 0, 0);
        found(history.new Reader("other"), AT_LEAST, 0, new Payload(WRITER, 1).bytes());

        assertThat(anomalies()).containsExactly(Anomaly.TWO_VALUES);
    }

    @Test
    void recordAtAnotherOffsetThanAckedIsSeen() {
        sending(EXACTLY, 0);
        acked(EXACTLY, 0, 3);
        found(EXACTLY, 0, 0);

        assertThat(anomalies()).containsExactly(Anomaly.MISPLACED);
    }

    @Test
    void repetitionByAnIdempotentWriterIsSeen() {
        sending(EXACTLY, 0);
        acked(EXACTLY, 0, 0);
        found(EXACTLY, 0, 0);
        found(EXACTLY, 1, 0);

        assertThat(anomalies()).containsExactly(Anomaly.REPEATED);
    }

    @Test
    void gapOfAnIdempotentWriterIsSeen() {
        sending(EXACTLY, 0, 1, 2);
        found(EXACTLY, 0, 0);
        found(EXACTLY, 1, 2);

        assertThat(anomalies()).containsExactly(Anomaly.OUT_OF_ORDER);
    }

    @Test
    void skippedOffsetIsSeen() {
        sending(AT_LEAST, 0, 1);
        found(AT_LEAST, 0, 0);
        found(AT_LEAST, 2, 1);

        assertThat(anomalies()).containsExactly(Anomaly.SKIPPED);
    }

    @Test
    void recordBeforeOneThatWasAckedBeforeItWasSentIsSeen() {
        sending(AT_LEAST, 0);
        acked(AT_LEAST, 0, 1);
        sending(AT_LEAST, 1);
        acked(AT_LEAST, 1, 0);
        found(AT_LEAST, 0, 1);
        found(AT_LEAST, 1, 0);

        assertThat(anomalies()).containsExactly(Anomaly.BEFORE_ITS_TIME);
    }

    @Test
    void pauseAndRecoveryAreMeasured() {
        sending(EXACTLY, 0);
        sending(AT_LEAST, 0);
        history.awaitAcks();
        acked(EXACTLY, 0, 0);
        acked(AT_LEAST, 0, 0);
        assertThat(history.recovered()).as("by what was sent before").isFalse();

        sending(EXACTLY, 1);
        sending(AT_LEAST, 1);
        acked(EXACTLY, 1, 1);
        assertThat(history.recovered()).as("in one partition of two").isFalse();
        acked(AT_LEAST, 1, 1);

        assertThat(history.recovered()).isTrue();
        assertThat(history.longestPause()).isPositive();
    }

    /** What a soak of hours collects stands in the tests' heap: bounded by what a record takes, which is measured. */
    @Test
    @Tag("slow")
    void millionsOfRecordsTakeTwentyBytesEach() {
        long records = Long.getLong("sluice.history.records", 8_000_000);
        long before = usedBytes();
        for (long number = 0; number < records; number++) {
            Payload payload = new Payload(WRITER, number);
            history.sending(EXACTLY, payload);
            history.acked(EXACTLY, number, payload);
            found(reader, EXACTLY, number, payload.bytes());
        }
        double bytes = (double) (usedBytes() - before) / records;
        System.out.printf("%d records, %.1f bytes each%n", records, bytes);

        assertThat(history.verdict(records)).isEqualTo(new Verdict.Pass(records, 0, 0));
        assertThat(bytes).as("bytes that a record takes").isBetween(12.0, 21.0);
    }

    private static long usedBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
