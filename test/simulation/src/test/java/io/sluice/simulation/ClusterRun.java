package io.sluice.simulation;

import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * One run, from its seed to its verdict: brokers start, topics are made, clients write and read while things go wrong;
 * then all is healed, and everything that was acknowledged must be there, on every replica alike, before long.
 */
final class ClusterRun {
    private static final long START_WITHIN = 60 * Simulation.SECONDS;
    private static final long LOOK_EVERY = 20 * Simulation.MILLIS;

    /** What a run was like. */
    record Result(
            long seed,
            long traceHash,
            long events,
            int acknowledged,
            long committed,
            int commits,
            Map<Nemesis.Fault, Integer> faults) {}

    private final World world;
    private final Simulation simulation;
    private final RunOptions options;
    private final Clients clients;
    private final Operator operator;
    private final Nemesis nemesis;

    ClusterRun(long seed, RunOptions options) {
        this.options = options;
        this.world = new World(seed, options);
        this.simulation = world.simulation();
        this.clients = new Clients(world);
        this.operator = new Operator(world, clients);
        this.nemesis = new Nemesis(world, operator, clients.hosts());
    }

    World world() {
        return world;
    }

    Result run() {
        StoryLogging.to(simulation);
        world.brokers().forEach(SimBroker::start);
        await("all brokers serve", START_WITHIN, () -> world.brokers().stream()
                .allMatch(each -> each.engine() != null));
        options.topics().forEach(operator::create);
        await("all topics are made", START_WITHIN, operator::isDone);
        if (options.load().groups() > 0) {
            operator.createOffsetsTopic();
            await("the offsets topic is made", START_WITHIN, operator::isDone);
        }
        look();
        nemesis.start();
        simulation.runUntil(simulation.nowNanos() + options.chaosMs() * Simulation.MILLIS, () -> false);
        nemesis.heal();
        clients.finish();
        long within = options.recoverWithinMs() * Simulation.MILLIS;
        await("all topics are there", within, operator::isDone);
        await("all writers come to their end", within, clients::writersAreDone);
        await("all replicas are whole", within, this::whole);
        verify();
        await("all consumers have read everything", within, clients::readersAreDone);
        return new Result(
                simulation.seed(),
                simulation.trace().hash(),
                simulation.trace().events(),
                world.history().acknowledged(),
                world.history().all().stream().mapToLong(PartitionHistory::size).sum(),
                clients.commits(),
                nemesis.counts());
    }

    private void look() {
        world.brokers().forEach(world.history()::look);
        operator.verify();
        simulation.after(LOOK_EVERY, 0, "look", this::look);
    }

    private boolean whole() {
        return world.brokers().stream().allMatch(each -> each.engine() != null)
                && Health.trouble(world).orElse("").isEmpty();
    }

    private void verify() {
        operator.verify();
        world.history().lookAtEverything();
        simulation.runUntil(simulation.nowNanos() + 1, () -> false);
    }

    private void await(String what, long withinNanos, BooleanSupplier done) {
        if (!simulation.runUntil(simulation.nowNanos() + withinNanos, done)) {
            throw new AssertionError("not within " + withinNanos / Simulation.SECONDS + " s: " + what + "; " + clients
                    + " " + Health.trouble(world).orElse("all well"));
        }
    }
}
