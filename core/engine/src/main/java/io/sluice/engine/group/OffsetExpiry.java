package io.sluice.engine.group;

import io.sluice.base.TopicPartition;
import io.sluice.engine.group.Rules.Rule;
import io.sluice.engine.group.Timers.Key;
import io.sluice.engine.group.Timers.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Takes back offsets whose retention is over, and then the groups that nothing is left of. Offsets of topics that a live
 * member reads stay for as long as it lives (G6).
 *
 * <p>Owned by the shard's home loop; looks at everything once per {@code offsets.retention.check.interval.ms} and takes
 * back a bounded number in one step.
 */
final class OffsetExpiry {
    private static final Key ALARM = new Key(Kind.EXPIRY, "", "");

    private final ShardPorts ports;
    private final Roster roster;
    private final OffsetStore offsets;
    private final GroupRemoval removal;

    OffsetExpiry(ShardPorts ports, Roster roster, OffsetStore offsets, GroupRemoval removal) {
        this.ports = ports;
        this.roster = roster;
        this.offsets = offsets;
        this.removal = removal;
    }

    void start() {
        ports.timers()
                .schedule(
                        ALARM,
                        ports.settings().broker().offsets().retentionCheckIntervalMs(),
                        step -> expire(step, ""));
    }

    /** Looks at the groups from {@code first} on, and leaves the rest to a later step when there are many. */
    private void expire(Step step, String first) {
        List<Group> groups = roster.from(first, Bounds.GROUPS_PER_STEP);
        for (Group group : groups) {
            expire(step, group);
            if (step.records().size() >= Bounds.EXPIRED_PER_STEP) {
                // There may be more in this very group.
                goOn(group.groupId());
                return;
            }
        }
        if (groups.size() < Bounds.GROUPS_PER_STEP) {
            start();
        } else {
            goOn(groups.get(groups.size() - 1).groupId() + "\0");
        }
    }

    private void goOn(String first) {
        ports.timers().schedule(ALARM, 1, step -> expire(step, first));
    }

    private void expire(Step step, Group group) {
        for (TopicPartition partition : expired(group, step.nowMs())) {
            step.write(new GroupRecord.Offset(group.groupId(), partition, Optional.empty()));
        }
        if (group.isEmpty() && !offsets.has(group.groupId()) && removal.hasNobodyPending(group)) {
            removal.remove(step, group);
        }
    }

    private List<TopicPartition> expired(Group group, long nowMs) {
        List<TopicPartition> expired = new ArrayList<>();
        int room = Bounds.EXPIRED_PER_STEP;
        for (Map.Entry<TopicPartition, CommittedOffset> entry :
                offsets.of(group.groupId()).entrySet()) {
            boolean inUse = group.isSubscribedTo(entry.getKey().topic())
                    && ports.rules().keeps(Rule.G6_SUBSCRIBED_OFFSETS_STAY);
            if (!inUse && isOver(group, entry.getValue(), nowMs) && expired.size() < room) {
                expired.add(entry.getKey());
            }
        }
        return expired;
    }

    private boolean isOver(Group group, CommittedOffset offset, long nowMs) {
        OptionalLong from = group.retainedFrom(offset);
        if (from.isEmpty()) {
            return false;
        }
        if (offset.expireTimestampMs().isPresent()) {
            return nowMs >= offset.expireTimestampMs().getAsLong();
        }
        return nowMs - from.getAsLong() >= ports.settings().broker().offsets().retentionMs();
    }
}
