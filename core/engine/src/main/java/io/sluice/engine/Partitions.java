package io.sluice.engine;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that this broker holds, by name and by id. Looked up from any thread without a lock; filled by
 * {@link PartitionHost}.
 */
public final class Partitions {
    private final ConcurrentHashMap<String, Topic> byName = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<UUID, Topic> byId = new ConcurrentHashMap<>();

    /** The topic of this name, or null when there is none. */
    public @Nullable Topic topic(String name) {
        return byName.get(name);
    }

    /** The topic with this id, or null when there is none. */
    public @Nullable Topic topic(UUID id) {
        return byId.get(id);
    }

    /** The partition, or null when this broker does not hold it (yet). */
    public @Nullable Partition find(String topic, int index) {
        Topic found = byName.get(topic);
        return found == null ? null : found.partition(index);
    }

    /** All topics. */
    public Collection<Topic> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    void put(Topic topic) {
        byId.put(topic.id, topic);
        byName.put(topic.name, topic);
    }

    /** Puts a partition into its topic, which may grow meanwhile; null when it is held no more. */
    void place(UUID topicId, int index, @Nullable Partition partition) {
        Topic topic = byId.get(topicId);
        if (topic != null) {
            topic.set(index, partition);
        }
    }

    void remove(Topic topic) {
        byId.remove(topic.id, topic);
        byName.remove(topic.name, topic);
    }

    /** One topic's partitions; a slot is empty while this broker does not hold the partition. */
    public static final class Topic {
        private static final class Slot {
            private volatile @Nullable Partition partition;
        }

        private final UUID id;
        private final String name;
        private final Slot[] slots;

        Topic(UUID id, String name, int partitions) {
            this(id, name, partitions, new Slot[0]);
        }

        private Topic(UUID id, String name, int partitions, Slot[] first) {
            this.id = id;
            this.name = name;
            this.slots = Arrays.copyOf(first, partitions);
            for (int i = first.length; i < partitions; i++) {
                slots[i] = new Slot();
            }
        }

        /** The same topic with more partitions. Both share their slots: who fills one meanwhile fills it in both. */
        Topic grown(int partitions) {
            return new Topic(id, name, partitions, slots);
        }

        public UUID id() {
            return id;
        }

        public String name() {
            return name;
        }

        public int count() {
            return slots.length;
        }

        /** Whether the topic has such a partition, wherever it is. */
        public boolean hasPartition(int index) {
            return index >= 0 && index < slots.length;
        }

        /** The partition, or null when this broker does not hold it (yet). */
        public @Nullable Partition partition(int index) {
            return hasPartition(index) ? slots[index].partition : null;
        }

        void set(int index, @Nullable Partition partition) {
            slots[index].partition = partition;
        }
    }
}
