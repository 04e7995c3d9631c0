package io.sluice.bench;

import java.util.Locale;

/** What the ratio Sluice / peer is to reach, and where the issue names one, what Sluice's own figure is to reach. */
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

    Target andAtMost(double absolute) {
        return new Target(bound, ratio, absolute);
    }

    boolean isHit(double measuredRatio, double measured) {
        boolean ratioHit = bound == Bound.AT_MOST ? measuredRatio <= ratio : measuredRatio >= ratio;
        return ratioHit && measured <= absoluteMax;
    }

    /** For people: {@code ≤ 0.45}. */
    String label() {
        String sign = bound == Bound.AT_MOST ? "≤ " : "≥ ";
        String text = sign + String.format(Locale.ROOT, "%.2f", ratio);
        return Double.isInfinite(absoluteMax) ? text : text + String.format(Locale.ROOT, ", ≤ %.1f", absoluteMax);
    }
}
