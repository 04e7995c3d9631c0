package io.sluice.engine.group;

import io.sluice.engine.group.Rules.Rule;
import io.sluice.engine.group.Timers.Key;
import io.sluice.engine.group.Timers.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the members of consumer groups: who falls silent, or does not give up what it must, is taken out of the group.
 * Owned by the shard's home loop.
 */
final class ConsumerSessions {
    private static final Logger log = LoggerFactory.getLogger(ConsumerSessions.class);

    private final ShardPorts ports;
    private final Roster roster;
    private final GroupEpochs epochs;
    private final RegexSubscriptions regexes;
    private final BiPredicate<Step, ConsumerGroup> becomesClassic;
    /** Members of the classic protocol that have been told to join again and have not. */
    private final Set<Key> expectingJoin = new HashSet<>();

    ConsumerSessions(
            ShardPorts ports,
            Roster roster,
            GroupEpochs epochs,
            RegexSubscriptions regexes,
            BiPredicate<Step, ConsumerGroup> becomesClassic) {
        this.ports = ports;
        this.roster = roster;
        this.epochs = epochs;
        this.regexes = regexes;
        this.becomesClassic = becomesClassic;
    }

    /** The member has been heard of. */
    void keepAlive(ConsumerGroup group, ConsumerMember member) {
        if (!ports.rules().keeps(Rule.G8_FENCE_SILENT_MEMBER)) {
            return;
        }
        int timeoutMs = member.profile()
                .classic()
                .map(GroupRecord.ClassicProfile::sessionTimeoutMs)
                .orElseGet(() -> ports.settings().consumer(group.groupId()).sessionTimeoutMs());
        watch(Kind.SESSION, group.groupId(), member.memberId(), timeoutMs, "its session timed out");
    }

    /** The member's holding has changed: from when it must give something up its time runs. */
    void holdingChanged(ConsumerGroup group, ConsumerMember member) {
        if (member.holding().state() == Holding.State.UNREVOKED) {
            int timeoutMs = member.profile().rebalanceTimeoutMs();
            watch(Kind.REVOKE, group.groupId(), member.memberId(), timeoutMs, "it did not give up partitions in time");
        } else {
            ports.timers().cancel(new Key(Kind.REVOKE, group.groupId(), member.memberId()));
        }
    }

    private void watch(Kind kind, String groupId, String memberId, long timeoutMs, String reason) {
        ports.timers().schedule(new Key(kind, groupId, memberId), timeoutMs, step -> {
            ConsumerGroup group = roster.consumer(groupId).orElse(null);
            if (group != null && group.member(memberId) != null) {
                log.info("msg=\"member fenced\" group={} member={} reason=\"{}\"", groupId, memberId, reason);
                remove(step, group, memberId);
            }
        });
    }

    /** Takes the member out of the group; what it held is free. */
    void remove(Step step, ConsumerGroup group, String memberId) {
        stopWatching(group.groupId(), memberId);
        GroupRemoval.removeMember(step, group.groupId(), memberId);
        regexes.membersChanged(step, group);
        // A group that is classic from here on keeps its epoch as the generation that its members know.
        if (!becomesClassic.test(step, group)) {
            epochs.refresh(step, group, true);
        }
    }

    /** A member of the classic protocol must join again, and has its rebalance time-out for it. */
    void expectJoin(ConsumerGroup group, ConsumerMember member) {
        int timeoutMs = member.profile().rebalanceTimeoutMs();
        watchOnce(Kind.JOIN, group.groupId(), member.memberId(), timeoutMs, "it did not join again in time");
    }

    /** A member of the classic protocol has joined, and must fetch its assignment. */
    void joined(ConsumerGroup group, ConsumerMember member) {
        ports.timers().cancel(new Key(Kind.JOIN, group.groupId(), member.memberId()));
        expectingJoin.remove(new Key(Kind.JOIN, group.groupId(), member.memberId()));
        int timeoutMs = member.profile().rebalanceTimeoutMs();
        watch(Kind.SYNC, group.groupId(), member.memberId(), timeoutMs, "it did not fetch its assignment in time");
    }

    void synced(ConsumerGroup group, ConsumerMember member) {
        ports.timers().cancel(new Key(Kind.SYNC, group.groupId(), member.memberId()));
    }

    /** Each heartbeat tells the member again that it must join, but its time does not begin again. */
    private void watchOnce(Kind kind, String groupId, String memberId, long timeoutMs, String reason) {
        if (expectingJoin.add(new Key(kind, groupId, memberId))) {
            watch(kind, groupId, memberId, timeoutMs, reason);
        }
    }

    void stopWatching(String groupId, String memberId) {
        for (Kind kind : List.of(Kind.SESSION, Kind.REVOKE, Kind.JOIN, Kind.SYNC)) {
            ports.timers().cancel(new Key(kind, groupId, memberId));
        }
        expectingJoin.remove(new Key(Kind.JOIN, groupId, memberId));
    }

    /** After the shard was loaded: every session starts now (G4). */
    void loaded(ConsumerGroup group) {
        for (ConsumerMember member : group.members()) {
            keepAlive(group, member);
            holdingChanged(group, member);
        }
    }
}
