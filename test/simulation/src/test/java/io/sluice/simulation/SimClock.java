package io.sluice.simulation;

import io.sluice.base.Clock;

/** A machine's clocks: the monotonic one goes with simulated time, the wall clock may be set to another time. */
final class SimClock implements Clock {
    private static final long START_MS = 1_700_000_000_000L;

    private final Simulation simulation;
    private long wallOffsetMs;

    SimClock(Simulation simulation) {
        this.simulation = simulation;
    }

    /** Somebody sets the clock. */
    void jumpMs(long ms) {
        wallOffsetMs += ms;
    }

    @Override
    public long nanoTime() {
        return simulation.nowNanos();
    }

    @Override
    public long wallMs() {
        return START_MS + wallOffsetMs + simulation.nowNanos() / Simulation.MILLIS;
    }
}
