package io.sluice.bench;

import java.io.IOException;
import java.util.Map;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** A topic to be created by whichever broker the wire leads to. */
record TopicRequest(String name, int partitions, int replicas, Map<String, String> configs) {
    private static final short VERSION = 7;
    private static final int LIMIT_MS = 60_000;

    /** Asks once. */
    CreateTopicsResponseData.CreatableTopicResult send(Wire wire) throws IOException {
        CreateTopicsRequestData.CreatableTopic topic = new CreateTopicsRequestData.CreatableTopic()
                .setName(name)
                .setNumPartitions(partitions)
                .setReplicationFactor((short) replicas);
        configs.forEach((key, value) -> topic.configs()
                .add(new CreateTopicsRequestData.CreatableTopicConfig()
                        .setName(key)
                        .setValue(value)));
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(LIMIT_MS);
        request.topics().add(topic);
        return new CreateTopicsResponseData(wire.exchange(ApiKeys.CREATE_TOPICS, VERSION, request), VERSION)
                .topics()
                .find(name);
    }

    /** Whether the answer is yes; false means that it may be asked again. */
    static boolean succeeded(CreateTopicsResponseData.CreatableTopicResult answer) {
        Errors error = Errors.forCode(answer.errorCode());
        if (error == Errors.NONE) {
            return true;
        }
        boolean retriable = error == Errors.INVALID_REPLICATION_FACTOR // Kafka's word for "too few brokers yet"
                || error.exception() instanceof RetriableException;
        if (!retriable) {
            throw new BenchException(
                    "cannot create topic " + answer.name() + ": " + error + " " + answer.errorMessage());
        }
        return false;
    }
}
