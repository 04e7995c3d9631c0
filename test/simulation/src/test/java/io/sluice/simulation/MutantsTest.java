package io.sluice.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule is broken once, in a copy of the classes; the simulation must notice within so many seeds. */
class MutantsTest {
    private static final long SEEDS = Long.getLong("sluice.mutant.seeds", 2_000);

    static Stream<Mutant> all() {
        return Stream.of(
                Mutant.without("S3", "the flush point moves without an fsync", "log.LogFlush.sync", Scenario.SINGLE),
                Mutant.always("T1", "duplicates are not recognised", "log.ProducerState.find", -1, Scenario.SINGLE),
                Mutant.always(
                        "R1",
                        "acknowledgements do not wait for the disk",
                        "log.LogConfig$Flush.beforeAck",
                        false,
                        Scenario.SINGLE));
    }

    @ParameterizedTest
    @MethodSource("all")
    void brokenRuleIsNoticed(Mutant mutant) throws Exception {
        PrintStream report = System.out;
        Optional<Mutant.Noticed> noticed = mutant.noticedWithin(SEEDS);
        report.println(mutant + ": " + noticed);
        assertThat(noticed).as("the seed that notices: %s", mutant).isPresent();
    }
}
