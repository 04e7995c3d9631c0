package io.sluice.kafka.handler;

import io.sluice.cluster.NewTopic;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.Refusal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;

/** Reads what CreateTopics asks for one topic. */
final class NewTopics {
    private NewTopics() {}

    /** The topic to be created, or what contradicts itself in the request. */
    static Outcome<NewTopic> of(CreatableTopic asked) {
        Map<String, String> configs = new HashMap<>();
        for (CreatableTopicConfig config : asked.configs()) {
            String value = config.value();
            if (value == null) {
                return Outcome.refused(
                        Refusal.INVALID_CONFIG,
                        "Topic '" + asked.name() + "': the setting " + config.name() + " has no value");
            }
            configs.put(config.name(), value);
        }
        if (asked.assignments().isEmpty()) {
            return Outcome.done(
                    new NewTopic(asked.name(), asked.numPartitions(), asked.replicationFactor(), List.of(), configs));
        }
        if (asked.numPartitions() != NewTopic.DEFAULT || asked.replicationFactor() != NewTopic.DEFAULT) {
            return Outcome.refused(
                    Refusal.INVALID_REQUEST,
                    "Topic '" + asked.name()
                            + "': replicas are assigned by hand, so partitions and replication factor must both be -1");
        }
        return assignment(asked)
                .map(brokers -> new NewTopic(asked.name(), NewTopic.DEFAULT, NewTopic.DEFAULT, brokers, configs));
    }

    private static Outcome<List<List<Integer>>> assignment(CreatableTopic asked) {
        TreeMap<Integer, List<Integer>> byPartition = new TreeMap<>();
        for (CreatableReplicaAssignment one : asked.assignments()) {
            if (byPartition.put(one.partitionIndex(), one.brokerIds()) != null) {
                return refused(asked, "partition " + one.partitionIndex() + " is assigned twice");
            }
        }
        if (byPartition.firstKey() != 0 || byPartition.lastKey() != byPartition.size() - 1) {
            return refused(asked, "the partitions must be numbered from 0 without gaps");
        }
        return Outcome.done(new ArrayList<>(byPartition.values()));
    }

    private static Outcome<List<List<Integer>>> refused(CreatableTopic asked, String why) {
        return Outcome.refused(
                Refusal.INVALID_REPLICA_ASSIGNMENT, "Topic '" + asked.name() + "', replica assignment: " + why);
    }
}
