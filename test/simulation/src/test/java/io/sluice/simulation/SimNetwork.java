package io.sluice.simulation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The links between all hosts: their delays, which directions are blocked, how often a connection breaks. */
final class SimNetwork {
    private record Link(int from, int to) {}

    /** What a machine says to somebody who knocks. */
    enum Knock {
        ACCEPTED,
        REFUSED
    }

    private final Simulation simulation;
    private final Chance chance;
    private final List<SimConnection> connections = new ArrayList<>();
    private final Set<Link> blocked = new HashSet<>();
    private final long slowestNanos;
    private int breaksPerMillion;

    SimNetwork(Simulation simulation) {
        this.simulation = simulation;
        this.chance = simulation.chance("network");
        this.slowestNanos = chance.of(List.of(300L, 1_000L, 5_000L)) * Simulation.MICROS;
    }

    Simulation simulation() {
        return simulation;
    }

    /** How many messages in a million find their connection broken. */
    void breaksPerMillion(int changed) {
        breaksPerMillion = changed;
    }

    /**
     * Opens a connection; whether anybody is there shows when something is sent.
     *
     * @param loop of the client, where answers come and {@code onClosed} is called
     */
    SimConnection connect(SimHost from, SimProcess process, SimLoop loop, SimHost to, Runnable onClosed) {
        connections.removeIf(SimConnection::over);
        SimConnection connection = new SimConnection(this, from, process, loop, to, onClosed);
        connections.add(connection);
        return connection;
    }

    /** Knocks at a machine; what it says, if it says anything, comes on {@code loop}. */
    void knock(SimHost from, SimLoop loop, SimHost to, Consumer<Knock> said) {
        simulation.after(delayNanos(from, to), to.id(), "knock", () -> {
            if (!to.on() || blocked(from, to) || blocked(to, from)) {
                return;
            }
            Knock answer = to.process() == null ? Knock.REFUSED : Knock.ACCEPTED;
            simulation.after(delayNanos(to, from), from.id(), "knocked", () -> loop.execute(() -> said.accept(answer)));
        });
    }

    /** Blocks or opens one direction. */
    void block(SimHost from, SimHost to, boolean closed) {
        Link link = new Link(from.id(), to.id());
        if (closed) {
            blocked.add(link);
        } else if (blocked.remove(link)) {
            release();
        }
    }

    /** Opens all directions. */
    void openAll() {
        blocked.clear();
        release();
    }

    /** Cuts every connection between two hosts. */
    void cut(SimHost one, SimHost other) {
        for (SimConnection connection : List.copyOf(connections)) {
            if (connection.joins(one, other)) {
                connection.cut();
            }
        }
        connections.removeIf(SimConnection::over);
    }

    /** The machine of a process that died closes its connections. */
    void died(SimProcess process) {
        for (SimConnection connection : List.copyOf(connections)) {
            connection.died(process);
        }
    }

    boolean blocked(SimHost from, SimHost to) {
        return !blocked.isEmpty() && blocked.contains(new Link(from.id(), to.id()));
    }

    boolean breaks(SimHost from, SimHost to) {
        return breaksPerMillion > 0 && from != to && chance.below(1_000_000) < breaksPerMillion;
    }

    /** Whether what is sent now arrives with a wrong bit. */
    boolean spoils() {
        return breaksPerMillion > 0 && chance.oneIn(200);
    }

    long delayNanos(SimHost from, SimHost to) {
        if (from == to) {
            return chance.between(5L, 50L) * Simulation.MICROS;
        }
        return chance.oneIn(500)
                ? chance.between(1L, 80L) * Simulation.MILLIS
                : chance.between(30 * Simulation.MICROS, slowestNanos);
    }

    private void release() {
        connections.removeIf(SimConnection::over);
        List.copyOf(connections).forEach(SimConnection::release);
    }
}
