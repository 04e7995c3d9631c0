package io.sluice.simulation;

import java.io.PrintStream;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Runs seeds from the command line: {@code SimulationMain cluster 1 1000} prints a line for each and ends at the first that
 * fails. {@code SimulationMain mutant R2 1000} looks for a seed that notices that rule's mutants.
 */
public final class SimulationMain {
    private SimulationMain() {}

    /** @param arguments the scenario, the first seed, the last seed */
    public static void main(String[] arguments) throws ReflectiveOperationException {
        if (arguments[0].equals("mutant")) {
            lookFor(arguments[1], Long.parseLong(arguments[2]));
            return;
        }
        Scenario scenario = Scenario.valueOf(arguments[0].toUpperCase(Locale.ROOT));
        long first = Long.parseLong(arguments[1]);
        long last = Long.parseLong(arguments[2]);
        PrintStream out = System.out;
        for (long seed = first; seed <= last; seed++) {
            out.println(scenario.run(seed));
        }
    }

    /** One seed, by the scenario's name: so it can be run among classes that were loaded a second time. */
    static void runOne(String scenario, long seed) {
        Scenario.valueOf(scenario).run(seed);
    }

    private static void lookFor(String rule, long seeds) throws ReflectiveOperationException {
        PrintStream out = System.out;
        for (Mutant mutant : Stream.concat(MutantsTest.all(), MutantsTest.hardToNotice())
                .filter(each -> each.rule().equals(rule))
                .toList()) {
            out.println(mutant + ": " + mutant.noticedWithin(seeds));
        }
    }
}
