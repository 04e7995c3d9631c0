package io.sluice.simulation;

import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.nameStartsWith;
import static net.bytebuddy.matcher.ElementMatchers.named;

import io.sluice.base.MutantLoader;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.implementation.StubMethod;
import net.bytebuddy.matcher.ElementMatcher;

/**
 * The core with one rule broken.
 *
 * @param rule its identifier
 * @param bug what is done wrong
 * @param plantings where, and how; more than one where rules are kept twice over
 * @param scenario in which it must be noticed
 */
record Mutant(String rule, String bug, List<Planting> plantings, Scenario scenario) {
    /** @param place the class, after {@code io.sluice.} */
    record Planting(String place, UnaryOperator<DynamicType.Builder<?>> bug) {}

    private static Mutant of(
            String rule, String bug, String place, UnaryOperator<DynamicType.Builder<?>> planting, Scenario scenario) {
        return new Mutant(rule, bug, List.of(new Planting(place, planting)), scenario);
    }

    /** Both bugs at once, where one alone is made up for by what the other breaks. */
    Mutant and(Mutant other) {
        return new Mutant(
                rule,
                bug,
                Stream.concat(plantings.stream(), other.plantings.stream()).toList(),
                scenario);
    }

    /** A method that does nothing. */
    static Mutant without(String rule, String bug, String method, Scenario scenario) {
        return instead(rule, bug, method, StubMethod.INSTANCE, scenario);
    }

    /** A method that always answers the same. */
    static Mutant always(String rule, String bug, String method, Object value, Scenario scenario) {
        return instead(rule, bug, method, FixedValue.value(value), scenario);
    }

    /** A method with other code. */
    static Mutant instead(String rule, String bug, String method, Implementation code, Scenario scenario) {
        return of(
                rule,
                bug,
                placeOf(method),
                builder -> builder.method(matcher(method)).intercept(code),
                scenario);
    }

    /** A method whose arguments, fields or result are tampered with before or after. */
    static Mutant altered(String rule, String bug, String method, Class<?> advice, Scenario scenario) {
        return of(
                rule,
                bug,
                placeOf(method),
                builder -> builder.visit(Advice.to(advice).on(matcher(method))),
                scenario);
    }

    /** A class whose objects begin otherwise. */
    static Mutant begun(String rule, String bug, String place, Class<?> advice, Scenario scenario) {
        return of(rule, bug, place, builder -> builder.visit(Advice.to(advice).on(isConstructor())), scenario);
    }

    private static String placeOf(String method) {
        return method.substring(0, method.lastIndexOf('.'));
    }

    /** A name that ends with an asterisk stands for all that begin so, as those of lambdas do. */
    private static ElementMatcher<MethodDescription> matcher(String method) {
        String name = method.substring(method.lastIndexOf('.') + 1);
        return name.endsWith("*") ? nameStartsWith(name.substring(0, name.length() - 1)) : named(name);
    }

    /**
     * The run that noticed.
     *
     * @param how the first line of what it said
     */
    record Noticed(long seed, String how) {}

    /** The first of so many seeds that notices; empty when none does. */
    Optional<Noticed> noticedWithin(long seeds) throws ReflectiveOperationException {
        MutantLoader loader = new MutantLoader("io.sluice.");
        for (Planting planting : plantings) {
            loader.plant(planting.place(), planting.bug());
        }
        for (long seed = 1; seed <= seeds; seed++) {
            try {
                loader.run("simulation.SimulationMain.runOne", scenario.name(), seed);
            } catch (AssertionError e) {
                return Optional.of(new Noticed(
                        seed, String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
            } catch (Throwable e) {
                throw new IllegalStateException("the bug could not be planted: " + this, e);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return rule + " " + bug;
    }
}
