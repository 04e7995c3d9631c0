package io.sluice.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Whether a rate is kept, and whether whoever is held to it gets on all the same, whatever is moved when. */
class RateWindowsPropertiesTest {
    private static final RateWindows.Shape KAFKAS = new RateWindows.Shape(11, 1_000);

    @Property
    void waitIsAsLongAsItMustBeAndNeverLongerThanTheWindows(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 12) int count,
            @ForAll @LongRange(min = 1, max = 2_000) long windowMs,
            @ForAll @LongRange(min = 0, max = 5_000) long rate) {
        Random random = new Random(seed);
        RateWindows windows = RateWindows.none(new RateWindows.Shape(count, windowMs));
        long now = random.nextInt(10_000) - 5_000;
        for (int i = 0; i < 30; i++) {
            windows = windows.plus(now, random.nextInt(10_000));
            long wait = windows.waitMs(rate, now);
            assertThat(wait).isBetween(0L, count * windowMs);
            assertThat(windows.waitMs(rate, now + wait)).isZero();
            if (wait > 0) {
                assertThat(windows.waitMs(rate, now + wait - 1)).isPositive();
            }
            now += random.nextInt((int) (2 * windowMs));
        }
    }

    /** Two writers that always move as soon as they may: neither more than the rate, nor much less. */
    @Property(tries = 200)
    void rateIsKeptAndUsed(
            @ForAll long seed,
            @ForAll @LongRange(min = 100, max = 1_000_000) long rate,
            @ForAll @LongRange(min = 1, max = 200_000) long chunk) {
        Random random = new Random(seed);
        RateWindows none = RateWindows.none(KAFKAS);
        RateWindows[] writers = {none, none};
        long began = random.nextInt(1_000_000);
        long now = began;
        long moved = 0;
        long lasts = 120_000;
        while (now < began + lasts) {
            long wait = writers[0].plus(writers[1]).waitMs(rate, now);
            if (wait > 0) {
                now += wait;
            } else {
                int writer = random.nextInt(2);
                long size = chunk - random.nextInt((int) (chunk / 2 + 1));
                writers[writer] = writers[writer].plus(now, size);
                moved += size;
                now += random.nextInt(3);
            }
        }
        double allowed = rate * lasts / 1_000.0;
        double windows = lasts / (double) (KAFKAS.count() * KAFKAS.windowMs());
        // One window's worth may go at once, and what was moved beyond the rate is forgotten with its window.
        assertThat((double) moved).isLessThan(allowed + rate + (windows + 2) * chunk);
        if (chunk >= rate * 2 / 1_000) { // smaller ones at most every other millisecond do not make the rate
            assertThat((double) moved).isGreaterThan(allowed * 0.9 - chunk - rate);
        }
    }
}
