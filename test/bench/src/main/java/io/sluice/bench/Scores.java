package io.sluice.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was measured so far: one value per metric, side and round, by workload, then in the order
 * of the first appearance. One thread. */
final class Scores {
    private final Map<Metric, Map<Side, List<Double>>> values = new LinkedHashMap<>();

    void add(Metric metric, Side side, double value) {
        values.computeIfAbsent(metric, any -> new EnumMap<>(Side.class))
                .computeIfAbsent(side, any -> new ArrayList<>())
                .add(value);
    }

    /** The result table: medians over the rounds. */
    List<Row> rows() {
        return values.entrySet().stream()
                .sorted(Comparator.comparing(entry -> entry.getKey().workload()))
                .map(entry -> new Row(
                        entry.getKey(),
                        Sample.of(entry.getValue().getOrDefault(Side.SUBJECT, List.of())),
                        Sample.of(entry.getValue().getOrDefault(Side.PEER, List.of()))))
                .toList();
    }

    /** One metric on both sides. */
    record Row(Metric metric, Sample subject, Sample peer) {
        /** Median by median: what a reader of the table can check. NaN where one side has no value. */
        double ratio() {
            return subject.median() / peer.median();
        }

        /** {@code hit}, {@code MISS}, or nothing for a figure without a target, or where one that counts is missing. */
        String verdict() {
            return metric.target()
                    .filter(target -> !Double.isNaN(target.boundsRatio() ? ratio() : subject.median()))
                    .map(target -> target.isHit(ratio(), subject.median()) ? "hit" : "MISS")
                    .orElse("");
        }
    }
}
