package io.sluice.cli;

import io.sluice.cli.ClusterView.Broker;
import io.sluice.cli.ClusterView.Partition;
import io.sluice.cli.ClusterView.State;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Clusters made up for tests. */
final class Views {
    private Views() {}

    static Broker broker(int id, State state) {
        String address = state == State.NOT_REGISTERED ? "" : "127.0.0.1:909" + id;
        return new Broker(id, "", address, state, false, 0, 0, 0);
    }

    static Partition partition(int leader, List<Integer> replicas, List<Integer> inSync, int minInSync) {
        return new Partition("t", 0, leader, replicas, inSync, List.of(), List.of(), minInSync, List.of(), List.of());
    }

    static ClusterView view(List<Partition> partitions, Broker... brokers) {
        SortedMap<Integer, Broker> byId = new TreeMap<>();
        for (Broker broker : brokers) {
            byId.put(broker.id(), broker);
        }
        return new ClusterView("c", 1, byId, partitions);
    }
}
