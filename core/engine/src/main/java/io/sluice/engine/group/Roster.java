package io.sluice.engine.group;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The groups of a shard by id, and the one place where records become groups. Owned by the shard's home loop.
 *
 * <p>A group whose first member has not got as far as a generation is here without a record: it is lost with the broker,
 * and its members join again.
 */
final class Roster {
    private final TreeMap<String, Group> groups = new TreeMap<>();
    private final Tally memory;

    /** @param memory of the shard */
    Roster(Tally memory) {
        this.memory = memory;
    }

    int size() {
        return groups.size();
    }

    List<Group> all() {
        return new ArrayList<>(groups.values());
    }

    /** Up to {@code limit} groups in order of their ids, from {@code groupId} on. */
    List<Group> from(String groupId, int limit) {
        return groups.tailMap(groupId, true).values().stream().limit(limit).toList();
    }

    Optional<Group> find(String groupId) {
        return Optional.ofNullable(groups.get(groupId));
    }

    Optional<ClassicGroup> classic(String groupId) {
        return groups.get(groupId) instanceof ClassicGroup group ? Optional.of(group) : Optional.empty();
    }

    Optional<ConsumerGroup> consumer(String groupId) {
        return groups.get(groupId) instanceof ConsumerGroup group ? Optional.of(group) : Optional.empty();
    }

    boolean isFull() {
        return groups.size() >= Bounds.GROUPS;
    }

    /** The classic group of this name, made if there is no group at all. */
    ClassicGroup classicOrNew(String groupId) {
        return classic(groupId).orElseGet(() -> {
            ClassicGroup group = new ClassicGroup(groupId, new Tally(memory::add));
            put(group);
            return group;
        });
    }

    /** Drops a group that has left nothing in the log. */
    void drop(Group group) {
        if (groups.remove(group.groupId(), group)) {
            group.memory().close();
        }
    }

    private void put(Group group) {
        Group before = groups.put(group.groupId(), group);
        if (before != null) {
            before.memory().close();
        }
    }

    void replay(GroupRecord record, long timestampMs) {
        if (record instanceof GroupRecord.Offset offset) {
            // A group that only stores offsets has no record of its own.
            if (offset.value().isPresent() && !groups.containsKey(offset.groupId())) {
                classicOrNew(offset.groupId());
            }
        } else if (record instanceof GroupRecord.Classic classic) {
            replayClassic(classic);
        } else if (record instanceof GroupRecord.Epoch epoch && epoch.value().isEmpty()) {
            consumer(epoch.groupId()).ifPresent(this::drop);
        } else {
            replayConsumer(record, timestampMs);
        }
    }

    private void replayClassic(GroupRecord.Classic record) {
        if (record.value().isPresent()) {
            if (!(groups.get(record.groupId()) instanceof ClassicGroup)) {
                put(new ClassicGroup(record.groupId(), new Tally(memory::add)));
            }
            classicOrNew(record.groupId()).replay(record.value().get());
        } else {
            classic(record.groupId()).ifPresent(this::drop);
        }
    }

    private void replayConsumer(GroupRecord record, long timestampMs) {
        Group group = groups.get(record.groupId());
        if (!(group instanceof ConsumerGroup)) {
            if (isTombstone(record)) {
                return;
            }
            group = new ConsumerGroup(record.groupId(), new Tally(memory::add));
            put(group);
        }
        ((ConsumerGroup) group).replay(record, timestampMs);
    }

    private static boolean isTombstone(GroupRecord record) {
        if (record instanceof GroupRecord.Member member) {
            return member.value().isEmpty();
        } else if (record instanceof GroupRecord.TargetEpoch epoch) {
            return epoch.value().equals(OptionalInt.empty());
        } else if (record instanceof GroupRecord.Target target) {
            return target.value().isEmpty();
        } else if (record instanceof GroupRecord.Current current) {
            return current.value().isEmpty();
        } else if (record instanceof GroupRecord.Regex regex) {
            return regex.value().isEmpty();
        }
        return false;
    }
}
