package io.sluice.engine.group;

import io.sluice.base.TopicPartition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The committed offsets of a shard's groups. Changed in replay only; owned by the shard's home loop. */
final class OffsetStore {
    private final Map<String, TreeMap<TopicPartition, CommittedOffset>> byGroup = new TreeMap<>();
    private final Tally memory;

    /** @param memory of the shard */
    OffsetStore(Tally memory) {
        this.memory = memory;
    }

    void replay(GroupRecord.Offset record) {
        TopicPartition partition = record.partition();
        TreeMap<TopicPartition, CommittedOffset> offsets = byGroup.get(record.groupId());
        if (record.value().isPresent()) {
            if (offsets == null) {
                offsets = new TreeMap<>();
                byGroup.put(record.groupId(), offsets);
                memory.add(Footprint.offsets(record.groupId()));
            }
            CommittedOffset offset = record.value().get();
            CommittedOffset before = offsets.put(partition, offset);
            memory.add(Footprint.offset(partition, offset) - Footprint.offset(partition, before));
        } else if (offsets != null) {
            memory.add(-Footprint.offset(partition, offsets.remove(partition)));
            if (offsets.isEmpty()) {
                byGroup.remove(record.groupId());
                memory.add(-Footprint.offsets(record.groupId()));
            }
        }
    }

    /** What the shard's memory must say for the offsets, counted from nothing. */
    long recount() {
        long bytes = 0;
        for (Map.Entry<String, TreeMap<TopicPartition, CommittedOffset>> group : byGroup.entrySet()) {
            bytes += Footprint.offsets(group.getKey());
            for (Map.Entry<TopicPartition, CommittedOffset> offset :
                    group.getValue().entrySet()) {
                bytes += Footprint.offset(offset.getKey(), offset.getValue());
            }
        }
        return bytes;
    }

    Map<TopicPartition, CommittedOffset> of(String groupId) {
        Map<TopicPartition, CommittedOffset> offsets = byGroup.get(groupId);
        return offsets == null ? Map.of() : Collections.unmodifiableMap(offsets);
    }

    @Nullable
    CommittedOffset find(String groupId, TopicPartition partition) {
        return of(groupId).get(partition);
    }

    boolean has(String groupId) {
        return byGroup.containsKey(groupId);
    }

    List<String> groupIds() {
        return new ArrayList<>(byGroup.keySet());
    }

    /** Takes back everything that the group has committed. */
    void forget(Step step, String groupId) {
        for (TopicPartition partition : new ArrayList<>(of(groupId).keySet())) {
            step.write(new GroupRecord.Offset(groupId, partition, Optional.empty()));
        }
    }

    /** Takes back what any group has committed for topics that are gone. */
    void forgetTopics(Step step, Set<String> topics) {
        for (String groupId : groupIds()) {
            for (String topic : topics) {
                for (TopicPartition partition : partitionsOf(groupId, topic)) {
                    step.write(new GroupRecord.Offset(groupId, partition, Optional.empty()));
                }
            }
        }
    }

    private List<TopicPartition> partitionsOf(String groupId, String topic) {
        TreeMap<TopicPartition, CommittedOffset> offsets = byGroup.get(groupId);
        return offsets == null
                ? List.of()
                : List.copyOf(offsets.subMap(
                                new TopicPartition(topic, 0), true, new TopicPartition(topic, Integer.MAX_VALUE), true)
                        .keySet());
    }
}
