package io.sluice.engine.group;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiFunction;

/**
 * An immutable set of partitions by topic id. Kept as sorted arrays: a few bytes per partition, whatever the indexes
 * that a client makes up.
 */
public final class Assignment {
    public static final Assignment NONE = new Assignment(new TreeMap<>());

    /** Never holds an empty array, and no array is changed once it is in here. */
    private final TreeMap<UUID, int[]> topics;

    private Assignment(TreeMap<UUID, int[]> topics) {
        this.topics = topics;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The one topic's partitions. */
    public static Assignment of(UUID topicId, int... partitions) {
        return builder().add(topicId, partitions).build();
    }

    public boolean isEmpty() {
        return topics.isEmpty();
    }

    /** How many partitions. */
    public int size() {
        int size = 0;
        for (int[] partitions : topics.values()) {
            size += partitions.length;
        }
        return size;
    }

    public SortedSet<UUID> topicIds() {
        return Collections.unmodifiableSortedSet(topics.navigableKeySet());
    }

    /** The topic's partitions in rising order; a copy. */
    public List<Integer> partitions(UUID topicId) {
        return Arrays.stream(at(topicId)).boxed().toList();
    }

    public boolean contains(UUID topicId, int partition) {
        return Arrays.binarySearch(at(topicId), partition) >= 0;
    }

    public boolean containsAll(Assignment other) {
        return other.minus(this).isEmpty();
    }

    public boolean intersects(Assignment other) {
        return !intersect(other).isEmpty();
    }

    public Assignment intersect(Assignment other) {
        return combine(other, false, (mine, theirs) -> keep(mine, theirs, true));
    }

    public Assignment minus(Assignment other) {
        return combine(other, false, (mine, theirs) -> keep(mine, theirs, false));
    }

    public Assignment plus(Assignment other) {
        return combine(other, true, Assignment::union);
    }

    /** Calls {@code visitor} for each partition in order. */
    public void forEach(Visitor visitor) {
        topics.forEach((topicId, partitions) -> {
            for (int partition : partitions) {
                visitor.visit(topicId, partition);
            }
        });
    }

    /** One partition of an assignment. */
    @FunctionalInterface
    public interface Visitor {
        void visit(UUID topicId, int partition);
    }

    int[] at(UUID topicId) {
        return topics.getOrDefault(topicId, NOTHING);
    }

    private static final int[] NOTHING = new int[0];

    private Assignment combine(Assignment other, boolean theirsToo, BiFunction<int[], int[], int[]> operation) {
        TreeMap<UUID, int[]> result = new TreeMap<>();
        topics.forEach((id, mine) -> put(result, id, operation.apply(mine, other.at(id))));
        if (theirsToo) {
            other.topics.forEach((id, theirs) -> result.putIfAbsent(id, theirs));
        }
        return result.isEmpty() ? NONE : new Assignment(result);
    }

    private static void put(TreeMap<UUID, int[]> into, UUID topicId, int[] partitions) {
        if (partitions.length > 0) {
            into.put(topicId, partitions);
        }
    }

    /** Those of {@code mine} that are, or are not, in {@code theirs}. */
    private static int[] keep(int[] mine, int[] theirs, boolean wanted) {
        return Arrays.stream(mine)
                .filter(partition -> (Arrays.binarySearch(theirs, partition) >= 0) == wanted)
                .toArray();
    }

    private static int[] union(int[] mine, int[] theirs) {
        int[] both = Arrays.copyOf(mine, mine.length + theirs.length);
        System.arraycopy(theirs, 0, both, mine.length, theirs.length);
        return sortedAndDistinct(both, both.length);
    }

    private static int[] sortedAndDistinct(int[] partitions, int count) {
        return Arrays.stream(partitions, 0, count).sorted().distinct().toArray();
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Assignment that) || !topics.navigableKeySet().equals(that.topics.navigableKeySet())) {
            return false;
        }
        return topics.entrySet().stream().allMatch(entry -> Arrays.equals(entry.getValue(), that.at(entry.getKey())));
    }

    @Override
    public int hashCode() {
        int hash = 0;
        for (var entry : topics.entrySet()) {
            hash = 31 * hash + entry.getKey().hashCode() ^ Arrays.hashCode(entry.getValue());
        }
        return hash;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        topics.forEach((id, partitions) -> text.append(text.length() > 1 ? ", " : "")
                .append(id)
                .append('=')
                .append(Arrays.toString(partitions)));
        return text.append('}').toString();
    }

    /** Gathers partitions in any order, repeated or not. */
    public static final class Builder {
        private final TreeMap<UUID, Growing> topics = new TreeMap<>();

        public Builder add(UUID topicId, int... partitions) {
            Growing growing = topics.computeIfAbsent(topicId, id -> new Growing());
            for (int partition : partitions) {
                growing.add(partition);
            }
            return this;
        }

        public Builder addAll(Assignment other) {
            other.topics.forEach(this::add);
            return this;
        }

        public Assignment build() {
            TreeMap<UUID, int[]> result = new TreeMap<>();
            topics.forEach((id, growing) -> put(result, id, sortedAndDistinct(growing.values, growing.count)));
            return result.isEmpty() ? NONE : new Assignment(result);
        }
    }

    private static final class Growing {
        private int[] values = new int[4];
        private int count;

        void add(int value) {
            if (count == values.length) {
                values = Arrays.copyOf(values, count * 2);
            }
            values[count++] = value;
        }
    }
}
