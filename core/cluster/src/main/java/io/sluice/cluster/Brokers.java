package io.sluice.cluster;

import io.sluice.cluster.settings.BrokerClusterSettings;
import io.sluice.cluster.settings.SettingLayers;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The brokers that may be given replicas: live, not about to leave (R20), and not cordoned. */
record Brokers(SortedMap<Integer, BrokerInfo> byId) {
    static Brokers forNewReplicas(ImageDraft draft) {
        SortedMap<Integer, BrokerInfo> byId = new TreeMap<>();
        draft.brokers().forEach((id, broker) -> {
            if (!broker.shuttingDown() && !isCordoned(draft, id)) {
                byId.put(id, broker);
            }
        });
        return new Brokers(byId);
    }

    private static boolean isCordoned(ImageDraft draft, int broker) {
        return SettingLayers.ofBroker(broker, Map.of(), draft::configs).get(BrokerClusterSettings.CORDONED);
    }

    boolean has(int broker) {
        return byId.containsKey(broker);
    }

    Collection<BrokerInfo> all() {
        return byId.values();
    }

    int count() {
        return byId.size();
    }

    @Override
    public String toString() {
        return byId.keySet().toString();
    }
}
