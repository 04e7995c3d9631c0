package io.sluice.simulation;

import java.io.PrintStream;
import java.util.Locale;

/**
 * Runs seeds from the command line: {@code SimulationMain cluster 1 1000} prints a line for each and ends at the first that
 * fails.
 */
public final class SimulationMain {
    private SimulationMain() {}

    /** @param arguments the scenario, the first seed, the last seed */
    public static void main(String[] arguments) {
        Scenario scenario = Scenario.valueOf(arguments[0].toUpperCase(Locale.ROOT));
        long first = Long.parseLong(arguments[1]);
        long last = Long.parseLong(arguments[2]);
        PrintStream out = System.out;
        for (long seed = first; seed <= last; seed++) {
            out.println(scenario.run(seed));
        }
    }
}
