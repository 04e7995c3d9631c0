package io.sluice.cluster;

import io.sluice.cluster.settings.TopicSettings;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * All brokers must mean the same by min.insync.replicas: leaders hold the high watermark by it, and the controller knows
 * by it who is eligible. What a broker was started with counts only where neither the topic nor the cluster's default says
 * something, so it may differ while there is such a default; else whoever comes later is in the wrong.
 */
final class AgreedMinimum {
    private static final String NAME = TopicSettings.MIN_INSYNC_REPLICAS.name();

    private AgreedMinimum() {}

    /** What is wrong with the setting that this broker was started with, for people. */
    static Optional<String> complaint(ClusterImage image, int brokerId) {
        Optional<BrokerInfo> own = image.broker(brokerId).filter(broker -> broker.minInSync() > 0);
        if (own.isEmpty() || image.configs(ConfigResource.CLUSTER_DEFAULT).containsKey(NAME)) {
            return Optional.empty();
        }
        int value = own.get().minInSync();
        Map<Integer, Integer> others = image.brokers().values().stream()
                .filter(broker -> broker.epoch() < own.get().epoch())
                .filter(broker -> broker.minInSync() > 0 && broker.minInSync() != value)
                .collect(Collectors.toMap(BrokerInfo::id, BrokerInfo::minInSync));
        if (others.isEmpty()) {
            return Optional.empty();
        }
        String theirs = others.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(each -> "broker " + each.getKey() + " with " + each.getValue())
                .collect(Collectors.joining(", "));
        return Optional.of("broker " + brokerId + " was started with " + NAME + "=" + value + ", but " + theirs
                + "; start it with the same value, or set " + NAME
                + " as the cluster's default (kafka-configs --entity-type brokers --entity-default), which counts"
                + " instead of what brokers are started with");
    }
}
