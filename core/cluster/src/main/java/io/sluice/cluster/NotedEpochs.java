package io.sluice.cluster;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The last registration of each broker that a controller has drawn the consequences of, as it lies in the coordination
 * store. A registration of another epoch means that the process before it ended (R12). Immutable.
 *
 * @param byBroker by broker id, of dead brokers too
 * @param hasFolder whether the store has a place for them yet
 */
record NotedEpochs(SortedMap<Integer, NodeCodec.NotedEpoch> byBroker, boolean hasFolder) {
    /** Of a store that has no place for them. */
    static final NotedEpochs NONE = new NotedEpochs(new TreeMap<>(), false);

    static final NotedEpochs EMPTY = new NotedEpochs(new TreeMap<>(), true);

    NotedEpochs {
        byBroker = Collections.unmodifiableSortedMap(new TreeMap<>(byBroker));
    }

    Optional<NodeCodec.NotedEpoch> of(int broker) {
        return Optional.ofNullable(byBroker.get(broker));
    }

    NotedEpochs with(int broker, NodeCodec.NotedEpoch epoch) {
        SortedMap<Integer, NodeCodec.NotedEpoch> copy = new TreeMap<>(byBroker);
        copy.put(broker, epoch);
        return new NotedEpochs(copy, true);
    }

    NotedEpochs without(int broker) {
        SortedMap<Integer, NodeCodec.NotedEpoch> copy = new TreeMap<>(byBroker);
        copy.remove(broker);
        return new NotedEpochs(copy, hasFolder);
    }

    /** What notes {@code broker} under {@code epoch}. */
    StoreOp write(int broker, NodeCodec.NotedEpoch epoch) {
        String path = StorePaths.brokerEpoch(broker);
        byte[] data = NodeCodec.notedEpoch(epoch);
        return byBroker.containsKey(broker)
                ? new StoreOp.SetData(path, data, StoreOp.ANY_VERSION)
                : new StoreOp.Create(path, data, false);
    }
}
