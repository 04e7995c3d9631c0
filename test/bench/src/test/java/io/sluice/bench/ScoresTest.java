package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScoresTest {
    private static final Metric CPU =
            Metric.of("w1", "broker CPU", Unit.CPU_SECONDS_PER_MILLION).toReach(Target.atMost(0.45));

    private final Scores scores = new Scores();

    @Test
    void ratioIsMedianByMedian() {
        add(CPU, List.of(4.0, 5.0, 100.0), List.of(10.0, 20.0, 30.0));

        assertThat(row(CPU).ratio()).isEqualTo(0.25);
        assertThat(row(CPU).verdict()).isEqualTo("hit");
    }

    @Test
    void figureBeyondItsTargetIsAMiss() {
        add(CPU, List.of(5.0), List.of(10.0));

        assertThat(row(CPU).verdict()).isEqualTo("MISS");
    }

    @Test
    void targetMayBoundTheFigureItselfToo() {
        Metric launch = Metric.of("w5", "launch", Unit.SECONDS)
                .toReach(Target.atMost(0.5).andAtMost(1.5));
        add(launch, List.of(1.6), List.of(10.0));

        assertThat(row(launch).verdict()).isEqualTo("MISS");
    }

    @Test
    void targetForTheFigureItselfNeedsNoPeer() {
        Metric pause = Metric.of("r5", "pause", Unit.SECONDS).toReach(Target.ownAtMost(1.0));
        scores.add(pause, Side.SUBJECT, 0.9);
        assertThat(row(pause).verdict()).isEqualTo("hit");

        scores.add(pause, Side.SUBJECT, 2.0);
        assertThat(row(pause).verdict()).isEqualTo("MISS");
    }

    @Test
    void targetForTheFigureItselfWithoutOneHasNoVerdict() {
        Metric pause = Metric.of("r5", "pause", Unit.SECONDS).toReach(Target.ownAtMost(1.0));
        scores.add(pause, Side.PEER, 0.5);

        assertThat(row(pause).verdict()).isEmpty();
    }

    @Test
    void figureWithOneSideOnlyHasNoVerdict() {
        scores.add(CPU, Side.SUBJECT, 1);

        assertThat(row(CPU).ratio()).isNaN();
        assertThat(row(CPU).verdict()).isEmpty();
    }

    @Test
    void rowsAreOrderedByWorkloadThenByAppearance() {
        Metric late = Metric.of("w2", "a", Unit.SECONDS);
        Metric second = Metric.of("w1", "a", Unit.SECONDS);
        scores.add(late, Side.SUBJECT, 1);
        scores.add(CPU, Side.SUBJECT, 1);
        scores.add(second, Side.SUBJECT, 1);

        assertThat(scores.rows()).extracting(Scores.Row::metric).containsExactly(CPU, second, late);
    }

    private void add(Metric metric, List<Double> subject, List<Double> peer) {
        subject.forEach(value -> scores.add(metric, Side.SUBJECT, value));
        peer.forEach(value -> scores.add(metric, Side.PEER, value));
    }

    private Scores.Row row(Metric metric) {
        return scores.rows().stream()
                .filter(row -> row.metric().equals(metric))
                .findFirst()
                .orElseThrow();
    }
}
