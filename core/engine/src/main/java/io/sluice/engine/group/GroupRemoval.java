package io.sluice.engine.group;

import java.util.ArrayList;
import java.util.Optional;
import java.util.OptionalInt;

/** Ends groups without members, in the log and in memory. Owned by the shard's home loop. */
final class GroupRemoval {
    private final Roster roster;
    private final OffsetStore offsets;
    private final ClassicRebalance rebalance;
    private final RegexSubscriptions regexes;

    GroupRemoval(Roster roster, OffsetStore offsets, ClassicRebalance rebalance, RegexSubscriptions regexes) {
        this.roster = roster;
        this.offsets = offsets;
        this.rebalance = rebalance;
        this.regexes = regexes;
    }

    /** DeleteGroups for one group. */
    GroupError delete(Step step, String groupId) {
        Group group = roster.find(groupId).orElse(null);
        if (group == null) {
            return GroupError.GROUP_ID_NOT_FOUND;
        }
        if (!group.isEmpty()) {
            return GroupError.NON_EMPTY_GROUP;
        }
        offsets.forget(step, groupId);
        remove(step, group);
        return GroupError.NONE;
    }

    /** Whether nobody was given a member id to come back with. */
    boolean hasNobodyPending(Group group) {
        return !(group instanceof ClassicGroup classic)
                || classic.pendingMembers().isEmpty();
    }

    /** Drops a group that nobody is in or comes back to, and of which the log says nothing. */
    void dropIfNothing(ClassicGroup group) {
        boolean empty = group.isEmpty()
                && group.members().isEmpty()
                && group.pendingMembers().isEmpty();
        if (empty && !isWritten(group) && !offsets.has(group.groupId())) {
            roster.drop(group);
        }
    }

    private static boolean isWritten(ClassicGroup group) {
        return group.generation() > 0 || !group.protocolType().isEmpty();
    }

    /** Takes back everything in the log that says that there is such a group; its offsets stay. */
    void remove(Step step, Group group) {
        if (group instanceof ClassicGroup classic) {
            rebalance.forget(step, classic);
            if (isWritten(classic)) {
                step.write(new GroupRecord.Classic(group.groupId(), Optional.empty()));
            } else {
                roster.drop(group);
            }
        } else if (group instanceof ConsumerGroup consumers) {
            regexes.forget(group.groupId());
            removeConsumers(step, consumers);
        }
    }

    private static void removeConsumers(Step step, ConsumerGroup group) {
        String groupId = group.groupId();
        for (ConsumerMember member : new ArrayList<>(group.members())) {
            removeMember(step, groupId, member.memberId());
        }
        for (String memberId : new ArrayList<>(group.targets().keySet())) {
            step.write(new GroupRecord.Target(groupId, memberId, Optional.empty()));
        }
        for (String expression : new ArrayList<>(group.regexes().keySet())) {
            step.write(new GroupRecord.Regex(groupId, expression, Optional.empty()));
        }
        step.write(new GroupRecord.TargetEpoch(groupId, OptionalInt.empty()));
        step.write(new GroupRecord.Epoch(groupId, Optional.empty()));
    }

    /** Takes back what the log says of one member. */
    static void removeMember(Step step, String groupId, String memberId) {
        step.write(new GroupRecord.Current(groupId, memberId, Optional.empty()));
        step.write(new GroupRecord.Target(groupId, memberId, Optional.empty()));
        step.write(new GroupRecord.Member(groupId, memberId, Optional.empty()));
    }
}
