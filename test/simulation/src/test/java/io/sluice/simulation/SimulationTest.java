package io.sluice.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/** Many seeds, each a cluster's life full of faults. A failing seed is told with the end of its story. */
class SimulationTest {
    private static final int SEEDS = Integer.getInteger("sluice.seeds", 100);
    private static final long ONLY_SEED = Long.getLong("sluice.seed", -1);

    /** One line per run, into the test's report. */
    private static final Consumer<ClusterRun.Result> LOG = System.out::println;

    @Test
    void singleBrokerLosesNothingThatItAcknowledged() {
        run(RunOptions::single);
    }

    private static void run(LongFunction<RunOptions> options) {
        long first = ONLY_SEED < 0 ? 1 : ONLY_SEED;
        long last = ONLY_SEED < 0 ? SEEDS : ONLY_SEED;
        long acknowledged = 0;
        for (long seed = first; seed <= last; seed++) {
            ClusterRun.Result result = run(seed, options.apply(seed));
            acknowledged += result.acknowledged();
            if (seed % 100 == 1 || ONLY_SEED >= 0) {
                assertThat(run(seed, options.apply(seed)))
                        .as("seed %d run again", seed)
                        .isEqualTo(result);
            }
        }
        assertThat(acknowledged).as("the runs did something").isGreaterThan(10 * (last - first + 1));
    }

    private static ClusterRun.Result run(long seed, RunOptions options) {
        ClusterRun run = new ClusterRun(seed, options);
        try {
            ClusterRun.Result result = run.run();
            LOG.accept(result);
            return result;
        } catch (RuntimeException | AssertionError e) {
            Trace trace = run.world().simulation().trace();
            throw new AssertionError(
                    "seed " + seed + " at "
                            + Trace.seconds(run.world().simulation().nowNanos()) + ": " + e.getMessage()
                            + "\nreplay: ./mvnw -pl test/simulation -am test -Dtest=SimulationTest"
                            + " -Dsurefire.failIfNoSpecifiedTests=false -Dsluice.seed=" + seed + "\n"
                            + String.join("\n", trace.lines()),
                    e);
        }
    }
}
