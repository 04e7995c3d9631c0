package io.sluice.engine.group;

import io.sluice.engine.group.Timers.Key;
import io.sluice.engine.group.Timers.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves classic groups from one generation to the next: the join barrier, the wait for assignments, and the time-outs
 * that keep a silent member from holding up the others. Owned by the shard's home loop.
 */
final class ClassicRebalance {
    private static final Logger log = LoggerFactory.getLogger(ClassicRebalance.class);

    /** A member that waits in its first join has no id yet to send heartbeats with; this long it may wait (Kafka's). */
    private static final long FIRST_JOIN_TIMEOUT_MS = 5 * 60_000;

    private final ShardPorts ports;
    private final Roster roster;
    private final Consumer<ClassicGroup> dropIfNothing;

    /** @param dropIfNothing drops a group that nothing is left of */
    ClassicRebalance(ShardPorts ports, Roster roster, Consumer<ClassicGroup> dropIfNothing) {
        this.ports = ports;
        this.roster = roster;
        this.dropIfNothing = dropIfNothing;
    }

    /** A member has come, changed or gone: begin a rebalance, or see whether the one that is on can end. */
    void changed(Step step, ClassicGroup group, String reason) {
        if (group.state() == GroupState.PREPARING_REBALANCE) {
            endIfAllJoined(step, group);
        } else {
            begin(step, group, reason);
        }
    }

    private void begin(Step step, ClassicGroup group, String reason) {
        if (group.state() == GroupState.COMPLETING_REBALANCE) {
            for (ClassicMember member : group.members()) {
                member.answerSync(step, SyncGroup.Response.refused(GroupError.REBALANCE_IN_PROGRESS));
            }
        }
        group.pendingSyncs().clear();
        ports.timers().cancel(key(Kind.SYNC, group));
        int delayMs = ports.settings().broker().classic().initialRebalanceDelayMs();
        boolean first = group.state() == GroupState.EMPTY && delayMs > 0;
        group.firstRebalance(first);
        group.joinedDuringDelay(false);
        group.state(GroupState.PREPARING_REBALANCE);
        log.debug("msg=rebalance group={} generation={} reason=\"{}\"", group.groupId(), group.generation(), reason);
        if (first) {
            int restMs = Math.max(0, group.rebalanceTimeoutMs() - delayMs);
            scheduleFirst(group, delayMs, restMs);
        } else {
            schedule(Kind.JOIN, group, group.rebalanceTimeoutMs(), this::end);
            endIfAllJoined(step, group);
        }
    }

    /** The first generation waits a little for everyone who starts at the same time, again for each who came meanwhile. */
    private void scheduleFirst(ClassicGroup group, int delayMs, int restMs) {
        schedule(Kind.JOIN, group, delayMs, (step, waiting) -> {
            if (waiting.joinedDuringDelay() && restMs > 0) {
                waiting.joinedDuringDelay(false);
                int next = Math.min(ports.settings().broker().classic().initialRebalanceDelayMs(), restMs);
                scheduleFirst(waiting, next, restMs - next);
            } else {
                end(step, waiting);
            }
        });
    }

    void endIfAllJoined(Step step, ClassicGroup group) {
        if (group.state() == GroupState.PREPARING_REBALANCE && !group.firstRebalance() && group.allJoined()) {
            end(step, group);
        }
    }

    /** The barrier falls: who has not joined is out, unless it is a static member, whose place is kept. */
    private void end(Step step, ClassicGroup group) {
        if (group.state() != GroupState.PREPARING_REBALANCE) {
            return;
        }
        ports.timers().cancel(key(Kind.JOIN, group));
        List<ClassicMember> late = group.members().stream()
                .filter(member -> !member.isJoining() && member.instanceId().isEmpty())
                .toList();
        for (ClassicMember member : late) {
            remove(step, group, member.memberId());
        }
        if (group.members().isEmpty()) {
            group.state(GroupState.EMPTY);
            step.write(new GroupRecord.Classic(
                    group.groupId(), Optional.of(group.emptySnapshot(group.generation() + 1, step.nowMs()))));
        } else if (!group.electJoinedLeader()) {
            // Only static members that are away: wait for one of them, or for their sessions to end.
            schedule(Kind.JOIN, group, group.rebalanceTimeoutMs(), this::end);
        } else {
            startGeneration(step, group);
        }
    }

    private void startGeneration(Step step, ClassicGroup group) {
        group.startGeneration();
        group.firstRebalance(false);
        log.debug(
                "msg=generation group={} generation={} members={}",
                group.groupId(),
                group.generation(),
                group.members().size());
        for (ClassicMember member : group.members()) {
            // A static member that is away keeps the session that it has.
            if (member.isJoining()) {
                member.answerJoin(step, joined(group, member));
                member.joined();
                keepAlive(group, member);
            }
        }
        schedule(Kind.SYNC, group, group.rebalanceTimeoutMs(), this::syncsTimedOut);
    }

    /** What a member is told of the generation that it is in. */
    JoinGroup.Response joined(ClassicGroup group, ClassicMember member) {
        boolean leads = group.isLeader(member.memberId());
        return new JoinGroup.Response(
                GroupError.NONE,
                member.memberId(),
                group.generation(),
                Optional.of(group.protocolType()),
                group.protocol(),
                group.leader().orElse(""),
                false,
                leads ? membersFor(group) : List.of());
    }

    static List<JoinGroup.Member> membersFor(ClassicGroup group) {
        String protocol = group.protocol().orElse("");
        return group.members().stream()
                .map(member -> new JoinGroup.Member(member.memberId(), member.instanceId(), member.metadata(protocol)))
                .toList();
    }

    private void syncsTimedOut(Step step, ClassicGroup group) {
        if (group.pendingSyncs().isEmpty()) {
            return;
        }
        for (String memberId : new ArrayList<>(group.pendingSyncs())) {
            remove(step, group, memberId);
        }
        changed(step, group, "members did not fetch their assignments in time");
    }

    /** The member has been heard of: its session starts anew. */
    void keepAlive(ClassicGroup group, ClassicMember member) {
        watch(group.groupId(), member.memberId(), member.timeouts().sessionMs());
    }

    /** Watches a member that waits in its first join. */
    void watchFirstJoin(ClassicGroup group, ClassicMember member) {
        watch(group.groupId(), member.memberId(), FIRST_JOIN_TIMEOUT_MS);
    }

    /** Watches an id that has been given out and should come back (KIP-394). */
    void watchPending(ClassicGroup group, String memberId, int sessionTimeoutMs) {
        watch(group.groupId(), memberId, sessionTimeoutMs);
    }

    private void watch(String groupId, String memberId, long timeoutMs) {
        ports.timers()
                .schedule(new Key(Kind.SESSION, groupId, memberId), timeoutMs, step -> silent(step, groupId, memberId));
    }

    private void silent(Step step, String groupId, String memberId) {
        ClassicGroup group = roster.classic(groupId).orElse(null);
        if (group == null) {
            return;
        }
        if (pendingGone(step, group, memberId)) {
            return;
        }
        ClassicMember member = group.member(memberId);
        if (member == null) {
            return;
        }
        if (member.joinedOnce() && (member.isJoining() || member.isSyncing())) {
            // It waits for us, not we for it.
            keepAlive(group, member);
            return;
        }
        log.info("msg=\"member expired\" group={} member={}", groupId, memberId);
        expel(step, group, memberId, "a member's session timed out");
    }

    /** An id that was given out will not come back; false if it is none. */
    boolean pendingGone(Step step, ClassicGroup group, String memberId) {
        boolean waited = group.removePending(memberId);
        if (waited) {
            stopWatching(group, memberId);
            endIfAllJoined(step, group);
            dropIfNothing.accept(group);
        }
        return waited;
    }

    /** Takes the member out of the group and lets the others rebalance. */
    void expel(Step step, ClassicGroup group, String memberId, String reason) {
        remove(step, group, memberId);
        if (group.state() != GroupState.EMPTY) {
            changed(step, group, reason);
        }
    }

    private void remove(Step step, ClassicGroup group, String memberId) {
        stopWatching(group, memberId);
        ClassicMember removed = group.remove(memberId);
        if (removed != null) {
            removed.refuse(step, GroupError.UNKNOWN_MEMBER_ID);
        }
    }

    /** The id is no longer anyone's. */
    void stopWatching(ClassicGroup group, String memberId) {
        ports.timers().cancel(new Key(Kind.SESSION, group.groupId(), memberId));
    }

    /** The group is as the log says: every session starts now (G4), and members without a leader rebalance. */
    void loaded(Step step, ClassicGroup group) {
        group.members().forEach(member -> keepAlive(group, member));
        if (!group.members().isEmpty() && group.leader().isEmpty()) {
            changed(step, group, "the last member of the consumer protocol has left");
        }
    }

    /** The group goes away: nothing may ring for it any more. */
    void forget(Step step, ClassicGroup group) {
        ports.timers().cancel(key(Kind.JOIN, group));
        ports.timers().cancel(key(Kind.SYNC, group));
        for (ClassicMember member : group.members()) {
            stopWatching(group, member.memberId());
            member.refuse(step, GroupError.UNKNOWN_MEMBER_ID);
        }
        for (String memberId : group.pendingMembers()) {
            stopWatching(group, memberId);
        }
    }

    @FunctionalInterface
    private interface OnTime {
        void run(Step step, ClassicGroup group);
    }

    private void schedule(Kind kind, ClassicGroup group, long delayMs, OnTime action) {
        String groupId = group.groupId();
        ports.timers().schedule(key(kind, group), delayMs, step -> roster.classic(groupId)
                .ifPresent(current -> action.run(step, current)));
    }

    private static Key key(Kind kind, ClassicGroup group) {
        return new Key(kind, group.groupId(), "");
    }

    /** Answers every sync that waits: the assignments are in the log. */
    void assigned(Step step, ClassicGroup group, Map<String, Bytes> assignments) {
        step.write(
                new GroupRecord.Classic(group.groupId(), Optional.of(group.stableSnapshot(assignments, step.nowMs()))));
        for (ClassicMember member : group.members()) {
            if (member.isSyncing()) {
                keepAlive(group, member);
                member.answerSync(step, synced(group, member));
            }
        }
    }

    SyncGroup.Response synced(ClassicGroup group, ClassicMember member) {
        return new SyncGroup.Response(
                GroupError.NONE, Optional.of(group.protocolType()), group.protocol(), member.assignment());
    }

    /** A member has its assignment, or has gone without: once nobody is missing, nobody is waited for. */
    void syncDone(ClassicGroup group, String memberId) {
        if (group.pendingSyncs().remove(memberId) && group.pendingSyncs().isEmpty()) {
            ports.timers().cancel(key(Kind.SYNC, group));
        }
    }
}
