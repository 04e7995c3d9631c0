package io.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the ratio Sluice / peer is to reach, what Sluice's own figure is to reach, or both.
 *
 * @param ratio infinite where only Sluice's own figure counts
 * @param absoluteMax in the metric's unit; infinite where only the ratio counts
 */
record Target(Bound bound, double ratio, double absoluteMax) {
    enum Bound {
        AT_MOST,
        AT_LEAST
    }

    static Target atMost(double ratio) {
        return new Target(Bound.AT_MOST, ratio, Double.POSITIVE_INFINITY);
    }

    static Target atLeast(double ratio) {
        return new Target(Bound.AT_LEAST, ratio, Double.POSITIVE_INFINITY);
    }

    /** A bound on Sluice's own figure, whatever the peer's is. */
    static Target ownAtMost(double absolute) {
        return new Target(Bound.AT_MOST, Double.POSITIVE_INFINITY, absolute);
    }

    Target andAtMost(double absolute) {
        return new Target(bound, ratio, absolute);
    }

    /** Whether the peer's figure is needed to tell if the target is hit. */
    boolean boundsRatio() {
        return !Double.isInfinite(ratio);
    }

    boolean isHit(double measuredRatio, double measured) {
        boolean ratioHit = !boundsRatio() || (bound == Bound.AT_MOST ? measuredRatio <= ratio : measuredRatio >= ratio);
        return ratioHit && measured <= absoluteMax;
    }

    /** For people: {@code ≤ 0.45}, {@code ≤ 0.30, ≤ 2.0 s}. */
    String label(Unit unit) {
        List<String> parts = new ArrayList<>();
        if (boundsRatio()) {
            parts.add((bound == Bound.AT_MOST ? "≤ " : "≥ ") + String.format(Locale.ROOT, "%.2f", ratio));
        }
        if (!Double.isInfinite(absoluteMax)) {
            parts.add(String.format(Locale.ROOT, "≤ %.1f %s", absoluteMax, unit.label()));
        }
        return String.join(", ", parts);
    }
}
