package io.sluice.engine.group;

import java.util.EnumSet;
import java.util.Set;

/**
 * The rules whose absence a test must notice. Production obeys all of them; a test breaks one and expects the checker
 * to see it.
 */
record Rules(Set<Rule> broken) {
    static final Rules ALL_KEPT = new Rules(Set.of());

    enum Rule {
        /** G1: a commit needs the current member and generation. */
        G1_COMMIT_FENCED,
        /** G2, G5: no answer before its records are durable. */
        G2_ANSWER_AFTER_DURABLE,
        /** G3: the member id that an instance had before is fenced. */
        G3_INSTANCE_FENCED,
        /** G4: session timers start again at load. */
        G4_SESSIONS_RESTART,
        /** G6: offsets of a live subscribed group stay. */
        G6_SUBSCRIBED_OFFSETS_STAY,
        /** G7: the size of a group is bounded while members join, too. */
        G7_SIZE_BOUNDED,
        /** G8: a partition is given out only when nobody holds it. */
        G8_FREE_BEFORE_ASSIGNED,
        /** G8: a member's epoch moves to the target's only when it has given up what it must. */
        G8_EPOCH_AFTER_REVOCATION,
        /** G8: a member that is gone for too long loses its partitions. */
        G8_FENCE_SILENT_MEMBER,
        /** G9: an older member epoch commits only what was its own then. */
        G9_COMMIT_NEEDS_HELD
    }

    static Rules without(Rule rule) {
        return new Rules(EnumSet.of(rule));
    }

    boolean keeps(Rule rule) {
        return !broken.contains(rule);
    }
}
