package io.sluice.system.crash;

import java.time.Duration;

/**
 * How hard a load works.
 *
 * @param round how long a writer takes for one record to each of its partitions; zero for as fast as it can. A writer that
 *     was held up catches up
 * @param requestTimeout how long a client waits for a silent broker before it looks elsewhere
 */
public record Tempo(Duration round, Duration requestTimeout) {
    /** As fast as it goes, and patient with brokers. */
    public static final Tempo UNPACED = new Tempo(Duration.ZERO, Duration.ofSeconds(10));

    boolean paced() {
        return !round.isZero();
    }
}
