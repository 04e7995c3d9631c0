package io.sluice.cli;

import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientRequest;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.DefaultHostResolver;
import org.apache.kafka.clients.ManualMetadataUpdater;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.clients.NetworkClientUtils;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.requests.ListOffsetsRequest;
import org.apache.kafka.common.requests.ListOffsetsResponse;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;

/**
 * Asks one broker for its own replica of a partition, whoever leads: by Kafka's Fetch and ListOffsets with the replica id
 * of a debugging consumer, -2, which every Kafka broker answers from what it has itself. One thread.
 */
final class ReplicaClient implements AutoCloseable {
    /** From here on topics have ids (13), and the answer tells where a replica's log starts (5). */
    private static final short FETCH_FROM = 5;

    private static final int FETCH_BYTES = 1024 * 1024;

    private final Time time = Time.SYSTEM;
    private final Metrics metrics = new Metrics();
    private final ManualMetadataUpdater brokers = new ManualMetadataUpdater();
    private final int timeoutMs;
    private final NetworkClient client;

    ReplicaClient(BrokerOptions broker) {
        timeoutMs = (int) Math.min(broker.timeout().toMillis(), Integer.MAX_VALUE);
        client = ClientUtils.createNetworkClient(
                new AdminClientConfig(broker.clientProperties()),
                "sluice-cli",
                metrics,
                "sluice-cli",
                new LogContext("[sluice-cli] "),
                new ApiVersions(),
                time,
                1,
                timeoutMs,
                null,
                brokers,
                new DefaultHostResolver(),
                null,
                null);
    }

    /** A partition by name and id, as a fetch wants it. */
    record Named(TopicPartition partition, Uuid topicId) {}

    /** Where the broker's own logs of partitions end; without those of which the broker does not say. */
    Offsets endOffsets(Node broker, Collection<TopicPartition> partitions) {
        return offsets(broker, partitions, ListOffsetsRequest.LATEST_TIMESTAMP);
    }

    /** Where they begin. */
    Map<TopicPartition, Long> startOffsets(Node broker, Collection<TopicPartition> partitions) {
        return offsets(broker, partitions, ListOffsetsRequest.EARLIEST_TIMESTAMP)
                .known();
    }

    /**
     * What a broker says of its logs.
     *
     * @param lost those that it can't use: damaged, or on a disk that failed
     */
    record Offsets(Map<TopicPartition, Long> known, Set<TopicPartition> lost) {}

    private Offsets offsets(Node broker, Collection<TopicPartition> partitions, long which) {
        Map<String, ListOffsetsTopic> topics = new TreeMap<>();
        partitions.forEach(
                partition -> topics.computeIfAbsent(partition.topic(), name -> new ListOffsetsTopic().setName(name))
                        .partitions()
                        .add(new ListOffsetsPartition()
                                .setPartitionIndex(partition.partition())
                                .setTimestamp(which)));
        ListOffsetsRequest.Builder request = ListOffsetsRequest.Builder.forReplica(
                        ApiKeys.LIST_OFFSETS.latestVersion(), ListOffsetsRequest.DEBUGGING_REPLICA_ID)
                .setTargetTimes(List.copyOf(topics.values()));
        Map<TopicPartition, Long> known = new HashMap<>();
        Set<TopicPartition> lost = new HashSet<>();
        try {
            ((ListOffsetsResponse) ask(broker, request)).topics().forEach(topic -> topic.partitions()
                    .forEach(told -> {
                        TopicPartition partition = new TopicPartition(topic.name(), told.partitionIndex());
                        if (told.errorCode() == Errors.NONE.code()) {
                            known.put(partition, told.offset());
                        } else if (told.errorCode() == Errors.KAFKA_STORAGE_ERROR.code()) {
                            lost.add(partition);
                        }
                    }));
        } catch (IOException | KafkaException e) {
            return new Offsets(Map.of(), Set.of()); // the broker is just going, or knows no debugging consumers
        }
        return new Offsets(known, lost);
    }

    /**
     * What the broker itself has from {@code offset} on, a megabyte or so.
     *
     * @throws ReplicaUnreadableException if the broker does not give it, saying why
     */
    FetchResponseData.PartitionData fetch(Node broker, Named named, long offset) throws ReplicaUnreadableException {
        FetchRequest.PartitionData wanted = new FetchRequest.PartitionData(
                named.topicId(), offset, FetchRequest.INVALID_LOG_START_OFFSET, FETCH_BYTES, Optional.empty());
        FetchRequest.Builder request = new FetchRequest.Builder(
                        FETCH_FROM,
                        ApiKeys.FETCH.latestVersion(),
                        FetchRequest.DEBUGGING_CONSUMER_ID,
                        -1,
                        0,
                        0,
                        Map.of(named.partition(), wanted))
                .setMaxBytes(FETCH_BYTES);
        FetchResponseData.PartitionData told;
        try {
            FetchResponse answer = (FetchResponse) ask(broker, request);
            requireNone(answer.error());
            told = answer.data().responses().get(0).partitions().get(0);
        } catch (IOException | KafkaException e) {
            throw new ReplicaUnreadableException(String.valueOf(e.getMessage()));
        }
        requireNone(Errors.forCode(told.errorCode()));
        return told;
    }

    private static void requireNone(Errors error) throws ReplicaUnreadableException {
        if (error != Errors.NONE) {
            throw new ReplicaUnreadableException(error + " (" + error.message() + ")");
        }
    }

    private AbstractResponse ask(Node broker, AbstractRequest.Builder<?> request) throws IOException {
        brokers.setNodes(List.of(broker));
        if (!NetworkClientUtils.awaitReady(client, broker, time, timeoutMs)) {
            throw new IOException("no connection to " + broker.host() + ":" + broker.port() + " in time");
        }
        ClientRequest sent = client.newClientRequest(broker.idString(), request, time.milliseconds(), true);
        @Nullable
        AbstractResponse answer =
                NetworkClientUtils.sendAndReceive(client, sent, time).responseBody();
        if (answer == null) {
            throw new IOException("no answer from " + broker.host() + ":" + broker.port());
        }
        return answer;
    }

    @Override
    public void close() {
        client.close();
        metrics.close();
    }
}
