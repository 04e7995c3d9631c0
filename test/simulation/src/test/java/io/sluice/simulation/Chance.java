package io.sluice.simulation;

import java.util.List;
import java.util.SplittableRandom;

/** Seeded chance. Each part of a simulation has its own, so that one more draw here changes nothing there. */
final class Chance {
    private final SplittableRandom random;

    Chance(long seed, String purpose) {
        this.random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + purpose.hashCode());
    }

    boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    boolean percent(int share) {
        return random.nextInt(100) < share;
    }

    /** A number in [from, to]. */
    int between(int from, int to) {
        return random.nextInt(from, to + 1);
    }

    /** A number in [from, to]. */
    long between(long from, long to) {
        return random.nextLong(from, to + 1);
    }

    /** A number in [0, bound). */
    int below(int bound) {
        return random.nextInt(bound);
    }

    long seed() {
        return random.nextLong();
    }

    <T> T of(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
