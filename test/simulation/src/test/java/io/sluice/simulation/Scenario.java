package io.sluice.simulation;

import java.util.Locale;
import java.util.function.LongFunction;

/** The kinds of run there are. */
enum Scenario {
    /** One broker, whose disk, process and coordination fail. */
    SINGLE(RunOptions::single),
    /** Three or more brokers that replicate. */
    CLUSTER(RunOptions::cluster);

    private final LongFunction<RunOptions> options;

    Scenario(LongFunction<RunOptions> options) {
        this.options = options;
    }

    /** Runs one seed to its end; a failure tells the story and how to see it again. */
    ClusterRun.Result run(long seed) {
        ClusterRun run = new ClusterRun(seed, options.apply(seed));
        try {
            return run.run();
        } catch (RuntimeException | AssertionError e) {
            Simulation simulation = run.world().simulation();
            throw new AssertionError(
                    this + " seed " + seed + " at " + Trace.seconds(simulation.nowNanos()) + ": " + e.getMessage()
                            + "\nreplay: ./mvnw -q -pl test/simulation -am test -Dtest=SimulationTest#"
                            + name().toLowerCase(Locale.ROOT) + "*"
                            + " -Dsurefire.failIfNoSpecifiedTests=false -Dsluice.seed=" + seed + "\n"
                            + String.join("\n", simulation.trace().lines()),
                    e);
        }
    }
}
