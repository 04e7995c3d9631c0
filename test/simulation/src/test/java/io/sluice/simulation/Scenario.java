package io.sluice.simulation;

import java.util.Locale;
import java.util.function.LongFunction;

/** The kinds of run there are. */
enum Scenario {
    /** One broker, whose disk, process and coordination fail. */
    SINGLE(RunOptions::single),
    /** Three or more brokers that replicate. */
    CLUSTER(RunOptions::cluster),
    /** Replicas come and go in the orders that are hard to get right. */
    DRILLS(seed -> RunOptions.drills(
            seed, Nemesis.Fault.LOSE_TAIL, Nemesis.Fault.LEAD_IN_TURN, Nemesis.Fault.JOIN_WITHOUT_DISK)),
    /** Replicas rot, and whoever else has the records goes away. */
    ROT(seed -> RunOptions.drills(seed, Nemesis.Fault.ROT_TAIL)),
    /** The whole cluster is shut down in order and loses its power. */
    OFF(seed -> RunOptions.drills(seed, Nemesis.Fault.TURN_EVERYTHING_OFF)),
    /** Partitions move. */
    MOVES(RunOptions::moves),
    /** Groups commit how far they have come, and their coordinators change. */
    GROUPS(RunOptions::groups),
    /** Topics are deleted and made anew. */
    TOPICS(RunOptions::topics),
    /** Records are deleted. */
    DELETIONS(RunOptions::deletions),
    /** Controllers follow upon one another, and what belongs to a term comes in a later one. */
    TERMS(RunOptions::terms);

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
