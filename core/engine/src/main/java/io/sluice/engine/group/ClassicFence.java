package io.sluice.engine.group;

import io.sluice.engine.group.Rules.Rule;
import java.util.Optional;

/** Who may speak for a classic group's member (G1, G3). */
final class ClassicFence {
    private ClassicFence() {}

    /** The member must be known, and a static one must be the one that its instance id belongs to now. */
    static GroupError check(ClassicGroup group, MemberRef ref, Rules rules) {
        if (ref.instanceId().isPresent()) {
            Optional<String> current = group.memberIdOf(ref.instanceId().get());
            if (current.isEmpty()) {
                return GroupError.UNKNOWN_MEMBER_ID;
            }
            boolean other = !current.get().equals(ref.memberId());
            if (other && rules.keeps(Rule.G3_INSTANCE_FENCED)) {
                return GroupError.FENCED_INSTANCE_ID;
            }
            return GroupError.NONE;
        }
        return group.member(ref.memberId()) == null ? GroupError.UNKNOWN_MEMBER_ID : GroupError.NONE;
    }

    /** {@link #check}, and the generation must be the group's. */
    static GroupError check(ClassicGroup group, MemberRef ref, int generation, Rules rules) {
        GroupError error = check(group, ref, rules);
        if (error == GroupError.NONE && generation != group.generation()) {
            return GroupError.ILLEGAL_GENERATION;
        }
        return error;
    }

    /** Whether offsets may be committed so. Without a member only into a group that has none. */
    static GroupError checkCommit(ClassicGroup group, MemberRef ref, int generation, Rules rules) {
        if (generation < 0 && group.isEmpty() || !rules.keeps(Rule.G1_COMMIT_FENCED)) {
            return GroupError.NONE;
        }
        boolean anonymous =
                generation < 0 && ref.memberId().isEmpty() && ref.instanceId().isEmpty();
        if (anonymous) {
            return GroupError.UNKNOWN_MEMBER_ID;
        }
        GroupError error = check(group, ref, generation, rules);
        if (error == GroupError.NONE && group.state() == GroupState.COMPLETING_REBALANCE) {
            return GroupError.REBALANCE_IN_PROGRESS;
        }
        return error;
    }
}
