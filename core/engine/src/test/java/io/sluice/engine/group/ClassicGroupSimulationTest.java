package io.sluice.engine.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.sluice.engine.group.Rules.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The classic protocol under random faults: the rules hold over many seeds, and a broken rule is noticed. */
class ClassicGroupSimulationTest {
    /** More of them: {@code -Dsluice.seeds=5000}. */
    private static final int SEEDS = Integer.getInteger("sluice.seeds", 150);

    /** Within so many runs a broken rule must have been noticed. */
    private static final int SEEDS_TO_NOTICE = 400;

    @Test
    void g1g2RandomRunsKeepEveryInvariant() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            assertThatCode(new ClassicGroupSimulation(seed, Rules.ALL_KEPT)::run)
                    .as("seed %d", seed)
                    .doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "G1_COMMIT_FENCED",
                "G2_ANSWER_AFTER_DURABLE",
                "G3_INSTANCE_FENCED",
                "G4_SESSIONS_RESTART",
                "G7_SIZE_BOUNDED"
            })
    void brokenRuleIsNoticed(Rule rule) {
        int noticedAt = 0;
        for (int seed = 1; noticedAt == 0 && seed <= SEEDS_TO_NOTICE; seed++) {
            try {
                new ClassicGroupSimulation(seed, Rules.without(rule)).run();
            } catch (AssertionError noticed) {
                noticedAt = seed;
            }
        }

        assertThat(noticedAt).as("first seed that notices").isPositive();
    }
}
