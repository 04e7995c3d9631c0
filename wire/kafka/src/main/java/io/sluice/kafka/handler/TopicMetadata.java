package io.sluice.kafka.handler;

import io.sluice.cluster.BrokerIds;
import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.PartitionImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;

/** What clients on one listener are told of partitions: who leads, who holds them, and whom of those they can't reach. */
final class TopicMetadata {
    private static final int NO_LEADER = -1;

    private final ClusterImage image;
    private final Set<Integer> reachable = new HashSet<>();

    /** @param listener brokers without such a listener cannot be told to the client */
    TopicMetadata(ClusterImage image, String listener) {
        this.image = image;
        for (BrokerInfo broker : image.brokers().values()) {
            if (broker.endpoint(listener).isPresent()) {
                reachable.add(broker.id());
            }
        }
    }

    /**
     * One partition.
     *
     * @param leader -1 when there is none to be reached
     * @param eligible replicas that may lead once none in sync lives (KIP-966)
     * @param lastEligible replicas that might still have everything, but cannot prove it
     */
    record Described(
            Errors error,
            int index,
            int leader,
            int leaderEpoch,
            List<Integer> replicas,
            List<Integer> inSync,
            List<Integer> eligible,
            List<Integer> lastEligible,
            List<Integer> offline) {}

    List<Described> partitions(List<PartitionImage> partitions) {
        List<Described> all = new ArrayList<>(partitions.size());
        for (int i = 0; i < partitions.size(); i++) {
            all.add(partition(i, partitions.get(i)));
        }
        return all;
    }

    Described partition(int index, PartitionImage partition) {
        boolean led = reachable.contains(partition.leader());
        return new Described(
                error(partition, led),
                index,
                led ? partition.leader() : NO_LEADER,
                partition.leaderEpoch(),
                partition.replicas(),
                partition.isr(),
                partition.eligibility().elr(),
                partition.eligibility().lastKnownElr(),
                offline(partition.replicas()));
    }

    private Errors error(PartitionImage partition, boolean led) {
        if (led) {
            return Errors.NONE;
        }
        return image.brokers().containsKey(partition.leader())
                ? Errors.LISTENER_NOT_FOUND
                : Errors.LEADER_NOT_AVAILABLE;
    }

    private List<Integer> offline(BrokerIds replicas) {
        return replicas.stream().filter(id -> !reachable.contains(id)).toList();
    }
}
