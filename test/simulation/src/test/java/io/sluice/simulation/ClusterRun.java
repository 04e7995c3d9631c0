package io.sluice.simulation;

import io.sluice.cluster.NewTopic;
import io.sluice.engine.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * One run, from its seed to its verdict: brokers start, topics are made, clients write and read while things go wrong;
 * then all is healed, and everything that was acknowledged must be there, on every replica alike, before long.
 */
final class ClusterRun {
    private static final int FIRST_CLIENT = 100;
    private static final long START_WITHIN = 60 * Simulation.SECONDS;
    private static final long LOOK_EVERY = 20 * Simulation.MILLIS;

    /** What a run was like. */
    record Result(
            long seed,
            long traceHash,
            long events,
            int acknowledged,
            long committed,
            Map<Nemesis.Fault, Integer> faults) {}

    private final World world;
    private final Simulation simulation;
    private final RunOptions options;
    private final List<SimProducer> producers = new ArrayList<>();
    private final List<SimConsumer> consumers = new ArrayList<>();
    private final Nemesis nemesis;

    ClusterRun(long seed, RunOptions options) {
        this.options = options;
        this.world = new World(seed, options);
        this.simulation = world.simulation();
        makeClients();
        List<SimHost> hosts = new ArrayList<>();
        producers.forEach(producer -> hosts.add(producer.host()));
        consumers.forEach(consumer -> hosts.add(consumer.host()));
        this.nemesis = new Nemesis(world, hosts);
    }

    World world() {
        return world;
    }

    private void makeClients() {
        Chance chance = simulation.chance("clients");
        int host = FIRST_CLIENT;
        for (RunOptions.Topic topic : options.topics()) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                for (int i = 0; i < options.producers(); i++) {
                    SimProducer.Kind kind = chance.of(
                            List.of(SimProducer.Kind.IDEMPOTENT, SimProducer.Kind.IDEMPOTENT, SimProducer.Kind.PLAIN));
                    producers.add(new SimProducer(world, host++, topic.name(), partition, kind, chance.between(3, 40)));
                }
                consumers.add(new SimConsumer(world, host++, topic.name(), partition));
            }
        }
    }

    Result run() {
        StoryLogging.to(simulation);
        world.brokers().forEach(SimBroker::start);
        await("all brokers serve", START_WITHIN, () -> world.brokers().stream()
                .allMatch(each -> each.engine() != null));
        options.topics().forEach(this::create);
        look();
        producers.forEach(SimProducer::start);
        consumers.forEach(SimConsumer::start);
        nemesis.start();
        simulation.runUntil(simulation.nowNanos() + options.chaosMs() * Simulation.MILLIS, () -> false);
        nemesis.heal();
        producers.forEach(SimProducer::finish);
        long within = options.recoverWithinMs() * Simulation.MILLIS;
        await("all producers come to their end", within, () -> producers.stream()
                .allMatch(SimProducer::done));
        await("all replicas are whole", within, this::whole);
        verify();
        await("all consumers have read everything", within, this::readToTheEnd);
        return new Result(
                simulation.seed(),
                simulation.trace().hash(),
                simulation.trace().events(),
                world.history().acknowledged(),
                world.history().all().stream().mapToLong(PartitionHistory::size).sum(),
                nemesis.counts());
    }

    private void create(RunOptions.Topic topic) {
        int segmentBytes = simulation.chance("segments").between(1_500, 20_000);
        NewTopic wanted = new NewTopic(
                topic.name(), topic.partitions(), topic.replicas(), List.of(), topic.settings(segmentBytes));
        boolean[] made = {false};
        ask(wanted, made);
        await("topic " + topic.name() + " is made", START_WITHIN, () -> made[0]);
    }

    /** Asks until it is made: a controller that has just begun may not know of all brokers yet. */
    private void ask(NewTopic wanted, boolean[] made) {
        Engine engine = simulation.chance("clients").of(world.brokers()).engine();
        if (engine != null) {
            engine.cluster().createTopics(List.of(wanted), false).thenAccept(outcomes -> {
                made[0] = outcomes.get(0).isDone()
                        || engine.image().topic(wanted.name()).isPresent();
                if (!made[0]) {
                    simulation.after(200 * Simulation.MILLIS, 0, "ask again", () -> ask(wanted, made));
                }
            });
        }
    }

    private void look() {
        world.brokers().forEach(world.history()::look);
        simulation.after(LOOK_EVERY, 0, "look", this::look);
    }

    private boolean whole() {
        return world.brokers().stream().allMatch(each -> each.engine() != null)
                && Health.trouble(world).orElse("").isEmpty();
    }

    private void verify() {
        world.history().lookAtEverything();
        simulation.runUntil(simulation.nowNanos() + 1, () -> false);
    }

    private boolean readToTheEnd() {
        return consumers.stream()
                .allMatch(consumer -> consumer.position() >= consumer.history().size());
    }

    private void await(String what, long withinNanos, BooleanSupplier done) {
        if (!simulation.runUntil(simulation.nowNanos() + withinNanos, done)) {
            throw new AssertionError("not within " + withinNanos / Simulation.SECONDS + " s: " + what + "; " + producers
                    + " " + Health.trouble(world).orElse("all well"));
        }
    }
}
