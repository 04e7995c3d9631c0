package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Machine MACHINE =
            new Machine("2026-01-02 03:04 UTC", "Some CPU", 2, "8.0 GiB", "Linux 6.1", "25.0.1", "512m");

    private final Scores scores = new Scores();

    @Test
    void markdownSaysWhenWhereAndWhatWasReached() {
        Metric rate = Metric.of("w1", "rate", Unit.RECORDS_PER_SECOND).toReach(Target.atLeast(1.4));
        Metric p99 = Metric.of("w1", "p99", Unit.MILLISECONDS).toReach(Target.atMost(0.5));
        scores.add(rate, Side.SUBJECT, 150_000);
        scores.add(rate, Side.PEER, 100_000);
        scores.add(p99, Side.SUBJECT, 0.9);
        scores.add(p99, Side.PEER, 1.0);

        String markdown = report().markdown();

        assertThat(markdown)
                .contains("2026-01-02 03:04 UTC, Some CPU, 2 cores, 8.0 GiB memory, Linux 6.1, JDK 25.0.1")
                .contains("| w1 | rate | records/s | 150,000 | 150,000–150,000 | 100,000 | 100,000–100,000 "
                        + "| 1.50 | ≥ 1.40 | hit |")
                .contains("| 0.90 | ≤ 0.50 | MISS |")
                .contains("1 of 2 targets hit.")
                .contains("- **w1**: 64 producers");
    }

    @Test
    void jsonHoldsEveryRound() {
        Metric rate = Metric.of("w1", "rate", Unit.RECORDS_PER_SECOND);
        scores.add(rate, Side.SUBJECT, 3);
        scores.add(rate, Side.SUBJECT, 5);

        assertThat(Json.of(report())).contains("\"rounds\" : [ 3.0, 5.0 ]").contains("\"median\" : 4.0");
    }

    private Report report() {
        return new Report(
                MACHINE, "Sluice", "Kafka", 1, "./sluice bench compare", List.of(new SmallRequests()), scores.rows());
    }
}
