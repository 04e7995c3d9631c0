package io.sluice.cluster;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;

/**
 * Where the replicas of a new topic go. Brokers are ordered so that racks alternate; partition <i>i</i> is led by the
 * broker at (i + start) mod n, and its other replicas lie at (i + j + shift) mod n, where the shift moves on each time
 * the partitions have gone round, so that the followers of one broker's leaders are spread over all others. A broker in
 * a rack that has a replica already is passed over as long as there is a rack without one.
 */
final class Placement {
    private final int[] order;
    /** The rack of each place as a number; without racks every broker is one of its own. */
    private final int[] racks;

    private final int rackCount;

    private Placement(int[] order, int[] racks, int rackCount) {
        this.order = order;
        this.racks = racks;
        this.rackCount = rackCount;
    }

    static Placement over(Collection<BrokerInfo> brokers) {
        boolean allHaveRacks = brokers.stream().allMatch(broker -> broker.rack().isPresent());
        TreeMap<String, Queue<Integer>> byRack = new TreeMap<>();
        for (BrokerInfo broker : sortedById(brokers)) {
            String rack = allHaveRacks ? broker.rack().orElseThrow() : String.format("%010d", broker.id());
            byRack.computeIfAbsent(rack, name -> new ArrayDeque<>()).add(broker.id());
        }
        int[] order = new int[brokers.size()];
        int[] racks = new int[brokers.size()];
        int next = 0;
        while (next < order.length) {
            int rack = 0;
            for (Queue<Integer> waiting : byRack.values()) {
                Integer broker = waiting.poll();
                if (broker != null) {
                    racks[next] = rack;
                    order[next++] = broker;
                }
                rack++;
            }
        }
        return new Placement(order, racks, byRack.size());
    }

    private static List<BrokerInfo> sortedById(Collection<BrokerInfo> brokers) {
        return brokers.stream().sorted(Comparator.comparingInt(BrokerInfo::id)).toList();
    }

    /**
     * Replicas of partitions {@code from} up to {@code to}, exclusive.
     *
     * @param replicationFactor at most the number of brokers
     * @param start where partition 0 goes; topics that start at different places share the load
     */
    List<BrokerIds> assign(int from, int to, int replicationFactor, int start) {
        int n = order.length;
        if (replicationFactor < 1 || replicationFactor > n) {
            throw new IllegalArgumentException(replicationFactor + " replicas on " + n + " brokers");
        }
        Map<Long, BrokerIds> shared = new HashMap<>(); // equal lists are one object
        List<BrokerIds> result = new ArrayList<>(to - from);
        for (int partition = from; partition < to; partition++) {
            int leader = Math.floorMod(partition + start, n);
            int shift = n == 1 ? 0 : Math.floorMod(partition / n, n - 1);
            result.add(shared.computeIfAbsent(
                    (long) leader << 32 | shift, key -> replicas(leader, shift, replicationFactor)));
        }
        return result;
    }

    private BrokerIds replicas(int leader, int shift, int replicationFactor) {
        int n = order.length;
        int[] ids = new int[replicationFactor];
        BitSet usedPlaces = new BitSet(n);
        BitSet usedRacks = new BitSet(rackCount);
        int place = leader;
        for (int j = 0; j < replicationFactor; j++) {
            if (j > 0) {
                place = nextPlace(leader, shift, usedPlaces, usedRacks);
            }
            ids[j] = order[place];
            usedPlaces.set(place);
            usedRacks.set(racks[place]);
            if (usedRacks.cardinality() == rackCount) {
                usedRacks.clear(); // every rack has a replica: go round once more
            }
        }
        return BrokerIds.of(ids);
    }

    /** Followers go round the n-1 places beside the leader's, beginning shift+1 after it. */
    private int nextPlace(int leader, int shift, BitSet usedPlaces, BitSet usedRacks) {
        int n = order.length;
        int fallback = -1;
        for (int k = 0; k < n - 1; k++) {
            int place = (leader + 1 + (shift + k) % (n - 1)) % n;
            if (usedPlaces.get(place)) {
                continue;
            }
            if (!usedRacks.get(racks[place])) {
                return place;
            }
            fallback = fallback < 0 ? place : fallback;
        }
        return fallback;
    }
}
