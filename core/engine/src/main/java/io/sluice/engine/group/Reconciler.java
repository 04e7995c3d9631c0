package io.sluice.engine.group;

import io.sluice.engine.group.Holding.State;
import io.sluice.engine.group.Rules.Rule;
import java.util.Optional;

/**
 * Brings a member one step closer to its target: it gives up first, and is given only what nobody else holds (G8). See
 * {@link Holding} for the states.
 */
final class Reconciler {
    private final Rules rules;

    Reconciler(Rules rules) {
        this.rules = rules;
    }

    /**
     * The member's next holding.
     *
     * @param now what it holds; {@link Holding#NOTHING} when it has just come
     * @param owned what it says that it holds; empty when it does not say
     */
    Holding next(ConsumerGroup group, String memberId, Holding now, Optional<Assignment> owned) {
        boolean settled = now.state() == State.STABLE && now.epoch() == group.targetEpoch();
        if (settled) {
            return now;
        }
        if (now.state() == State.UNREVOKED && mayStillUse(now.revoking(), owned)) {
            return now;
        }
        return towards(group, memberId, now, owned);
    }

    /** What a member does not mention it may still be using. */
    private boolean mayStillUse(Assignment revoking, Optional<Assignment> owned) {
        if (!rules.keeps(Rule.G8_EPOCH_AFTER_REVOCATION)) {
            return false;
        }
        return owned.isEmpty() || owned.get().intersects(revoking);
    }

    private Holding towards(ConsumerGroup group, String memberId, Holding now, Optional<Assignment> owned) {
        Assignment target = group.target(memberId);
        Assignment keep = now.assigned().intersect(target);
        Assignment giveUp = now.assigned().minus(target);
        if (!giveUp.isEmpty() && mayStillUse(giveUp, owned)) {
            return now.next(now.epoch(), State.UNREVOKED, keep, giveUp);
        }
        Assignment.Builder free = Assignment.builder();
        Assignment wanted = target.minus(keep);
        wanted.forEach((topicId, partition) -> {
            boolean nobodyElse = group.isFreeFor(memberId, topicId, partition);
            if (nobodyElse || !rules.keeps(Rule.G8_FREE_BEFORE_ASSIGNED)) {
                free.add(topicId, partition);
            }
        });
        Assignment given = free.build();
        State state = given.size() == wanted.size() ? State.STABLE : State.UNRELEASED;
        return now.next(group.targetEpoch(), state, keep.plus(given), Assignment.NONE);
    }
}
