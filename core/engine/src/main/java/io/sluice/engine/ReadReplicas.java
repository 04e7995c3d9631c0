package io.sluice.engine;

import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.Cluster;
import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.settings.BrokerReplicationSettings;
import io.sluice.cluster.settings.SettingLayers;
import io.sluice.log.LogId;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Sends consumers to the replica that stands nearest (KIP-392): to one in sync and in the consumer's rack, unless the
 * leader stands there itself, if {@code replica.selector.class} says so. Any thread.
 */
public final class ReadReplicas {
    private final int self;
    private final Cluster cluster;
    private final boolean byRack;

    ReadReplicas(int self, Cluster cluster, SettingLayers settings) {
        this.self = self;
        this.cluster = cluster;
        this.byRack = settings.get(BrokerReplicationSettings.REPLICA_SELECTOR_CLASS)
                .equals(BrokerReplicationSettings.RACK_AWARE_SELECTOR);
    }

    /**
     * The broker that a consumer in {@code rack} had better read from at {@code offset}; empty when that is this one, or
     * this broker does not lead.
     */
    public OptionalInt nearest(Partition partition, String rack, long offset) {
        LeaderRole term = partition.leaderRole();
        if (!byRack || rack.isEmpty() || term == null) {
            return OptionalInt.empty();
        }
        ClusterImage image = cluster.image();
        if (standsIn(image, self, rack)) {
            return OptionalInt.empty();
        }
        LogId id = partition.id();
        Optional<PartitionImage> state = image.topic(id.topicId()).flatMap(topic -> topic.partition(id.partition()));
        return state.isEmpty() ? OptionalInt.empty() : furthest(image, state.get(), term, rack, offset);
    }

    private OptionalInt furthest(ClusterImage image, PartitionImage state, LeaderRole term, String rack, long offset) {
        int best = -1;
        long bestEnd = -1;
        for (int i = 0; i < state.isr().size(); i++) {
            int each = state.isr().at(i);
            if (each != self && standsIn(image, each, rack)) {
                long end = term.readableEnd(each, offset);
                if (end > bestEnd) {
                    best = each;
                    bestEnd = end;
                }
            }
        }
        return best < 0 ? OptionalInt.empty() : OptionalInt.of(best);
    }

    private static boolean standsIn(ClusterImage image, int broker, String rack) {
        return image.broker(broker)
                .flatMap(BrokerInfo::rack)
                .filter(rack::equals)
                .isPresent();
    }
}
