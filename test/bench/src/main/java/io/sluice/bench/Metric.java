package io.sluice.bench;

import java.util.Optional;

/** One line of the result table. Two metrics with the same workload and label are the same. */
record Metric(String workload, String label, Unit unit, Optional<Target> target) {
    static Metric of(String workload, String label, Unit unit) {
        return new Metric(workload, label, unit, Optional.empty());
    }

    Metric toReach(Target aim) {
        return new Metric(workload, label, unit, Optional.of(aim));
    }
}
