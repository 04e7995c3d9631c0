package io.sluice.simulation;

import org.jspecify.annotations.Nullable;

/**
 * A machine with an address: on or off, with or without the process that listens there. A machine that is on but has no
 * process refuses connections; one that is off says nothing.
 */
final class SimHost {
    private final int id;
    private final String name;
    private final SimClock clock;
    private boolean on = true;
    private @Nullable SimProcess process;
    private @Nullable SimLoop acceptor;

    SimHost(Simulation simulation, int id, String name) {
        this.id = id;
        this.name = name;
        this.clock = new SimClock(simulation);
    }

    int id() {
        return id;
    }

    String name() {
        return name;
    }

    SimClock clock() {
        return clock;
    }

    boolean on() {
        return on;
    }

    void on(boolean changed) {
        on = changed;
    }

    /** The process that listens, null while none does. */
    @Nullable
    SimProcess process() {
        return process;
    }

    /** @param loop what reads the connections */
    void listen(SimProcess listening, SimLoop loop) {
        process = listening;
        acceptor = loop;
    }

    void silence() {
        process = null;
        acceptor = null;
    }

    @Nullable
    SimLoop acceptor() {
        return acceptor;
    }

    @Override
    public String toString() {
        return name;
    }
}
