package io.sluice.engine.group;

import java.util.ArrayDeque;
import java.util.Arrays;

/** What happened last in a simulation, for whoever looks into a failing seed. */
final class SimulationTrace {
    private static final int KEPT = 60;

    private final ArrayDeque<String> events = new ArrayDeque<>();

    void add(String what, Object... details) {
        events.add(what + " " + Arrays.toString(details));
        if (events.size() > KEPT) {
            events.remove();
        }
    }

    /** Runs the simulation; what it finds broken is told with what happened before. */
    void tell(Runnable simulation) {
        try {
            simulation.run();
        } catch (AssertionError broken) {
            throw new AssertionError(broken.getMessage() + "\nafter\n" + String.join("\n", events), broken);
        }
    }
}
