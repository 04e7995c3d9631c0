package io.sluice.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * One life of a process: its loops and workers run until it is killed, and stand still while it is stopped (as SIGSTOP
 * does: time goes on, and what comes in waits).
 */
final class SimProcess {
    private final Simulation simulation;
    private final SimClock clock;
    private final int owner;
    private final String name;
    private final List<SimLoop> loops = new ArrayList<>();
    private final SimWorkers workers;
    private boolean alive = true;
    private boolean paused;

    /** @param owner the number of the machine, for the trace */
    SimProcess(Simulation simulation, SimClock clock, int owner, String name) {
        this.simulation = simulation;
        this.clock = clock;
        this.owner = owner;
        this.name = name;
        this.workers = new SimWorkers(this);
    }

    SimLoop newLoop(int index, String what) {
        SimLoop loop = new SimLoop(this, index, what);
        loops.add(loop);
        return loop;
    }

    SimWorkers workers() {
        return workers;
    }

    Simulation simulation() {
        return simulation;
    }

    SimClock clock() {
        return clock;
    }

    int owner() {
        return owner;
    }

    String name() {
        return name;
    }

    boolean alive() {
        return alive;
    }

    boolean paused() {
        return paused;
    }

    void kill() {
        alive = false;
    }

    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        loops.forEach(SimLoop::goOn);
        workers.goOn();
    }
}
