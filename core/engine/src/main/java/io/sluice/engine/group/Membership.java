package io.sluice.engine.group;

import io.sluice.engine.group.GroupRecord.MemberProfile;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves a consumer group on when one of its members is heard of, whichever protocol the member speaks: takes in what is
 * new about it, raises the epoch, computes the target, and brings the member closer to it. Owned by the shard's home
 * loop.
 */
final class Membership {
    private static final Logger log = LoggerFactory.getLogger(Membership.class);

    private final GroupEpochs epochs;
    private final RegexSubscriptions regexes;
    private final ConsumerSessions sessions;
    private final Reconciler reconciler;

    Membership(ShardPorts ports, GroupEpochs epochs, RegexSubscriptions regexes, ConsumerSessions sessions) {
        this.epochs = epochs;
        this.regexes = regexes;
        this.sessions = sessions;
        this.reconciler = new Reconciler(ports.rules());
    }

    /**
     * @param anew whether the member has just come and holds nothing, whatever is known of its id
     * @param owned what the member says that it holds; empty when it does not say
     * @return what the member holds from now on
     */
    Holding advance(
            Step step,
            ConsumerGroup group,
            String memberId,
            MemberProfile profile,
            boolean anew,
            Optional<Assignment> owned) {
        boolean changed = introduce(step, group, memberId, profile);
        if (changed) {
            regexes.membersChanged(step, group);
        }
        epochs.refresh(step, group, changed);
        epochs.retarget(step, group);

        ConsumerMember member = group.memberOrThrow(memberId);
        Holding now = anew ? Holding.NOTHING : member.holding();
        Holding next = reconciler.next(group, memberId, now, owned);
        if (!next.equals(member.holding())) {
            step.write(new GroupRecord.Current(group.groupId(), memberId, Optional.of(next)));
            sessions.holdingChanged(group, group.memberOrThrow(memberId));
        }
        sessions.keepAlive(group, group.memberOrThrow(memberId));
        return next;
    }

    /** Writes what is new about the member; true when the group must think again. */
    private static boolean introduce(Step step, ConsumerGroup group, String memberId, MemberProfile profile) {
        ConsumerMember before = group.member(memberId);
        if (before != null && profile.equals(before.profile())) {
            return false;
        }
        step.write(new GroupRecord.Member(group.groupId(), memberId, Optional.of(profile)));
        return before == null || !before.wantsTheSameAs(profile);
    }

    /**
     * A static member is back under a new id: the new one gets the old one's target, so that nothing moves, and the old
     * one is forgotten.
     */
    void takePlace(Step step, ConsumerGroup group, ConsumerMember old, String memberId) {
        String groupId = group.groupId();
        log.info("msg=\"static member returns\" group={} was={} is={}", groupId, old.memberId(), memberId);
        Assignment target = group.target(old.memberId());
        sessions.stopWatching(groupId, old.memberId());
        GroupRemoval.removeMember(step, groupId, old.memberId());
        step.write(new GroupRecord.Member(groupId, memberId, Optional.of(old.profile())));
        step.write(new GroupRecord.Target(groupId, memberId, Optional.of(target)));
    }
}
