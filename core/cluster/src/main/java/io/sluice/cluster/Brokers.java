package io.sluice.cluster;

import io.sluice.cluster.settings.BrokerClusterSettings;
import io.sluice.cluster.settings.SettingLayers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The brokers that may be given replicas. Cordoned ones never are.
 *
 * @param byId live, and not about to leave (R20)
 * @param away those that were there and were not unregistered: stopped, being restarted, or about to leave. New topics
 *     fall back on them when the others are too few, so that a restart of one broker of three does not keep anybody from
 *     creating topics with three replicas
 */
record Brokers(SortedMap<Integer, BrokerInfo> byId, SortedSet<Integer> away) {
    /** For replicas that are to be filled now, which takes brokers that are there. */
    static Brokers forNewReplicas(ImageDraft draft) {
        return of(draft, NotedEpochs.NONE);
    }

    /** For topics and partitions that begin empty. */
    static Brokers forNewPartitions(ImageDraft draft, NotedEpochs noted) {
        return of(draft, noted);
    }

    private static Brokers of(ImageDraft draft, NotedEpochs noted) {
        SortedMap<Integer, BrokerInfo> here = new TreeMap<>();
        SortedSet<Integer> away = new TreeSet<>(noted.byBroker().keySet());
        draft.brokers().forEach((id, broker) -> {
            if (!broker.shuttingDown() && !isCordoned(draft, id)) {
                here.put(id, broker);
                away.remove(id);
            }
        });
        away.removeIf(id -> isCordoned(draft, id));
        return new Brokers(here, away);
    }

    private static boolean isCordoned(ImageDraft draft, int broker) {
        return SettingLayers.ofBroker(broker, Map.of(), draft::configs).get(BrokerClusterSettings.CORDONED);
    }

    /** Whether it is there. */
    boolean has(int broker) {
        return byId.containsKey(broker);
    }

    /** Whether it is there or will be again. */
    boolean knows(int broker) {
        return has(broker) || away.contains(broker);
    }

    /** How many replicas a new partition can have: none if nobody could lead it. */
    int mostReplicas() {
        return byId.isEmpty() ? 0 : byId.size() + away.size();
    }

    /**
     * Replicas of partitions {@code from} up to {@code to}, exclusive: on brokers that are there, and for what these are
     * too few on those that are away, whom the partitions take in turn.
     *
     * @param replicationFactor at most {@link #mostReplicas}
     * @param start where partition 0 goes; topics that start at different places share the load
     */
    List<BrokerIds> place(int from, int to, int replicationFactor, int start) {
        int here = Math.min(replicationFactor, byId.size());
        List<BrokerIds> placed = Placement.over(byId.values()).assign(from, to, here, start);
        if (here == replicationFactor) {
            return placed;
        }
        Map<BrokerIds, BrokerIds> shared = new HashMap<>(); // equal lists are one object
        List<BrokerIds> filledUp = new ArrayList<>(placed.size());
        for (int i = 0; i < placed.size(); i++) {
            List<Integer> order = new ArrayList<>(away);
            Collections.rotate(order, -Math.floorMod(from + i + start, order.size()));
            BrokerIds all = placed.get(i).with(BrokerIds.copyOf(order.subList(0, replicationFactor - here)));
            filledUp.add(shared.computeIfAbsent(all, same -> all));
        }
        return filledUp;
    }

    /** A partition as it begins: those in sync, and led by the first of them, that are there. */
    PartitionImage begin(BrokerIds replicas) {
        BrokerIds inSync = replicas;
        for (int replica : replicas) {
            if (!has(replica)) {
                inSync = inSync.without(replica);
            }
        }
        return new PartitionImage(inSync.at(0), 0, replicas, inSync, 0);
    }

    @Override
    public String toString() {
        return away.isEmpty() ? byId.keySet().toString() : byId.keySet() + " and, not running, " + away;
    }
}
