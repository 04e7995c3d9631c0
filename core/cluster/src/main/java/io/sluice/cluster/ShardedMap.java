package io.sluice.cluster;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable hash map of which a changed copy is cheap: entries lie in small shards, and a change copies the one
 * shard it touches and the array of shards. The number of shards grows with the entries, so one change costs
 * microseconds at any size that a cluster has.
 *
 * <p>Iteration order depends only on keys and history, so a simulation replays.
 */
final class ShardedMap<K, V> {
    private static final int SHARD_ENTRIES = 16;

    private final Map<K, V>[] shards;
    private final int size;

    private ShardedMap(Map<K, V>[] shards, int size) {
        this.shards = shards;
        this.size = size;
    }

    static <K, V> ShardedMap<K, V> empty() {
        return new ShardedMap<>(newShards(1), 0);
    }

    @Nullable
    V get(K key) {
        return shards[shardOf(key, shards.length)].get(key);
    }

    int size() {
        return size;
    }

    void forEachValue(Consumer<? super V> action) {
        for (Map<K, V> shard : shards) {
            shard.values().forEach(action);
        }
    }

    void addValuesTo(Collection<? super V> target) {
        forEachValue(target::add);
    }

    /** Starts a changed copy; this map stays as it is. */
    Draft<K, V> draft() {
        return new Draft<>(this);
    }

    private static int shardOf(Object key, int shardCount) {
        int hash = key.hashCode() * 0x9E3779B9;
        // The lowest bits choose the bucket within a shard's HashMap, so the shard is chosen by high ones.
        return (hash >>> 16) & (shardCount - 1);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <K, V> Map<K, V>[] newShards(int count) {
        Map<K, V>[] shards = new Map[count];
        java.util.Arrays.fill(shards, Map.of());
        return shards;
    }

    /** A map being changed by one owner; {@link #seal} makes it immutable. */
    static final class Draft<K, V> {
        private Map<K, V>[] shards;
        private boolean[] owned;
        private int size;

        private Draft(ShardedMap<K, V> base) {
            this.shards = base.shards.clone();
            this.owned = new boolean[shards.length];
            this.size = base.size;
        }

        @Nullable
        V get(K key) {
            return shards[shardOf(key, shards.length)].get(key);
        }

        void forEachValue(Consumer<? super V> action) {
            for (Map<K, V> shard : shards) {
                shard.values().forEach(action);
            }
        }

        void put(K key, V value) {
            if (ownShardOf(key).put(key, value) == null) {
                size++;
                if (size > shards.length * SHARD_ENTRIES && shards.length < 1 << 16) {
                    grow();
                }
            }
        }

        void remove(K key) {
            if (ownShardOf(key).remove(key) != null) {
                size--;
            }
        }

        ShardedMap<K, V> seal() {
            ShardedMap<K, V> sealed = new ShardedMap<>(shards, size);
            shards = shards.clone();
            owned = new boolean[shards.length]; // whatever is changed from here on is copied first
            return sealed;
        }

        private Map<K, V> ownShardOf(K key) {
            int index = shardOf(key, shards.length);
            if (!owned[index]) {
                shards[index] = new HashMap<>(shards[index]);
                owned[index] = true;
            }
            return shards[index];
        }

        private void grow() {
            Map<K, V>[] wider = newShards(shards.length * 4);
            for (Map<K, V> shard : shards) {
                shard.forEach((key, value) -> {
                    int index = shardOf(key, wider.length);
                    if (wider[index].isEmpty()) {
                        wider[index] = new HashMap<>();
                    }
                    wider[index].put(key, value);
                });
            }
            shards = wider;
            owned = new boolean[wider.length];
        }
    }
}
