package io.sluice.system.scenario;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;

/** Notes what a member was given and lost, in order. */
final class Rebalances implements ConsumerRebalanceListener {
    final List<TopicPartition> assigned = Collections.synchronizedList(new ArrayList<>());
    final List<TopicPartition> revoked = Collections.synchronizedList(new ArrayList<>());
    final List<TopicPartition> lost = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        assigned.addAll(partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        revoked.addAll(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        lost.addAll(partitions);
    }
}
