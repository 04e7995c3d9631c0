package io.sluice.kafka.handler;

import java.util.List;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/** Samples of the requests about where partitions are. */
final class PlacementSamples {
    private static final int NO_SUCH_BROKER = 77;

    private PlacementSamples() {}

    static ApiMessage request(ApiKeys api, String topic) {
        return switch (api) {
            case ALTER_PARTITION_REASSIGNMENTS -> reassign(topic, List.of(TestBroker.ID));
            case LIST_PARTITION_REASSIGNMENTS -> new ListPartitionReassignmentsRequestData().setTopics(null);
            case ELECT_LEADERS -> elect(topic.equals("..") ? topic : null);
            case UNREGISTER_BROKER -> new UnregisterBrokerRequestData().setBrokerId(NO_SUCH_BROKER);
            default -> throw new AssertionError("write a sample of " + api);
        };
    }

    /** @param replicas null to cancel a move */
    static AlterPartitionReassignmentsRequestData reassign(String topic, List<Integer> replicas) {
        return new AlterPartitionReassignmentsRequestData()
                .setTimeoutMs(10_000)
                .setTopics(List.of(new ReassignableTopic()
                        .setName(topic)
                        .setPartitions(List.of(
                                new ReassignablePartition().setPartitionIndex(0).setReplicas(replicas)))));
    }

    /** @param topic null for all */
    static ElectLeadersRequestData elect(String topic) {
        ElectLeadersRequestData request = new ElectLeadersRequestData().setTimeoutMs(10_000);
        if (topic == null) {
            return request.setTopicPartitions(null);
        }
        ElectLeadersRequestData.TopicPartitionsCollection topics =
                new ElectLeadersRequestData.TopicPartitionsCollection();
        topics.add(new ElectLeadersRequestData.TopicPartitions().setTopic(topic).setPartitions(List.of(0)));
        return request.setTopicPartitions(topics);
    }
}
