package io.sluice.simulation;

import io.sluice.cluster.StoredTopics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All that there is in one run, and the first rule that was found broken. */
final class World {
    private final Simulation simulation;
    private final RunOptions options;
    private final SimNetwork network;
    private final SimEnsemble ensemble;
    private final StoredTopics stored;
    private final List<SimBroker> brokers = new ArrayList<>();
    private final History history;
    private final Chance chance;
    private final LossBudget losses;
    /** Whether records go by themselves: then all must be looked at that comes, as soon as it is committed. */
    private final boolean deletes;

    private @Nullable String violation;

    World(long seed, RunOptions options) {
        this.simulation = new Simulation(seed);
        this.options = options;
        this.network = new SimNetwork(simulation);
        this.ensemble = new SimEnsemble(simulation, network);
        this.stored = new StoredTopics(ensemble.tree());
        this.chance = simulation.chance("world");
        this.history = new History(this);
        this.losses = new LossBudget(this);
        for (int id = 1; id <= options.brokers(); id++) {
            brokers.add(new SimBroker(this, id));
        }
        this.deletes = !options.topics().stream().allMatch(RunOptions.Topic::retainsAll);
        simulation.afterEach(this::throwIfViolated);
        simulation.onDefect(this::violated);
    }

    Simulation simulation() {
        return simulation;
    }

    RunOptions options() {
        return options;
    }

    SimNetwork network() {
        return network;
    }

    SimEnsemble ensemble() {
        return ensemble;
    }

    /** What is decided about topics, whoever knows of it. */
    StoredTopics stored() {
        return stored;
    }

    List<SimBroker> brokers() {
        return brokers;
    }

    SimBroker broker(int id) {
        return brokers.get(id - 1);
    }

    History history() {
        return history;
    }

    Chance chance() {
        return chance;
    }

    /** What may get lost without anything being lost that was promised. */
    LossBudget losses() {
        return losses;
    }

    /** A rule is broken: the run ends, wherever this was noticed. */
    void violated(String what) {
        if (violation == null) {
            violation = what;
            simulation.say("checker", "VIOLATED: " + what);
        }
    }

    /** What was found broken first, if anything was. */
    Optional<String> violation() {
        return Optional.ofNullable(violation);
    }

    void require(boolean holds, String what) {
        if (!holds) {
            violated(what);
        }
    }

    void require(boolean holds, Supplier<String> what) {
        if (!holds) {
            violated(what.get());
        }
    }

    private void throwIfViolated() {
        if (violation != null) {
            throw new AssertionError(violation);
        }
        for (SimBroker broker : brokers) {
            broker.afterEvent();
        }
        if (deletes) {
            brokers.forEach(history::lookAtNews);
        }
    }
}
