package io.sluice.kafka.handler;

import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.TopicImage;
import io.sluice.engine.InternalTopics;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.Errors;

/** Puts together one Metadata answer from one image. */
final class MetadataAnswer {
    private static final int LISTENER_NOT_FOUND_FROM = 6;
    private static final int OPERATIONS_FROM = 8;
    private static final int CLUSTER_OPERATIONS_TO = 10;

    private final ClusterImage image;
    private final InternalTopics internalTopics;
    private final TopicMetadata metadata;
    private final short version;
    private final boolean topicOperations;
    private final MetadataResponseData answer = new MetadataResponseData();

    MetadataAnswer(
            ClusterImage image,
            InternalTopics internalTopics,
            String listener,
            int controllerId,
            short version,
            MetadataRequestData request) {
        this.image = image;
        this.internalTopics = internalTopics;
        this.metadata = new TopicMetadata(image, listener);
        this.version = version;
        this.topicOperations = request.includeTopicAuthorizedOperations();
        answer.setClusterId(image.clusterId());
        answer.setControllerId(controllerId);
        if (version >= OPERATIONS_FROM && version <= CLUSTER_OPERATIONS_TO) {
            answer.setClusterAuthorizedOperations(
                    AuthorizedOperations.cluster(request.includeClusterAuthorizedOperations()));
        }
        for (BrokerInfo broker : image.brokers().values()) {
            broker.endpoint(listener).ifPresent(endpoint -> answer.brokers()
                    .add(new MetadataResponseBroker()
                            .setNodeId(broker.id())
                            .setHost(endpoint.host())
                            .setPort(endpoint.port())
                            .setRack(broker.rack().orElse(null))));
        }
    }

    MetadataResponseData allTopics() {
        image.topics().forEach(this::add);
        return answer;
    }

    /** @param creationErrors why topics that were to be created are not there, by name */
    MetadataResponseData topics(List<MetadataRequestTopic> asked, Map<String, Errors> creationErrors) {
        for (MetadataRequestTopic topic : new LinkedHashSet<>(asked)) {
            String name = topic.name();
            if (!Uuid.ZERO_UUID.equals(topic.topicId())) {
                addById(topic.topicId(), name);
            } else if (name == null) {
                refuse(null, Uuid.ZERO_UUID, Errors.INVALID_REQUEST);
            } else {
                Optional<TopicImage> found = image.topic(name);
                found.ifPresentOrElse(
                        this::add, () -> refuse(name, Uuid.ZERO_UUID, MetadataHandler.unknown(creationErrors, name)));
            }
        }
        return answer;
    }

    private void addById(Uuid id, @org.jspecify.annotations.Nullable String name) {
        if (version < MetadataHandler.TOPIC_ID_FROM) {
            refuse(name, id, Errors.INVALID_REQUEST);
            return;
        }
        image.topic(TopicIds.fromWire(id)).ifPresentOrElse(this::add, () -> refuse(null, id, Errors.UNKNOWN_TOPIC_ID));
    }

    /** Versions before 12 have no way to say that there is no name. */
    private void refuse(@org.jspecify.annotations.Nullable String name, Uuid id, Errors error) {
        String told = name == null && version < MetadataHandler.TOPIC_ID_FROM ? "" : name;
        answer.topics()
                .add(new MetadataResponseTopic()
                        .setErrorCode(error.code())
                        .setName(told)
                        .setTopicId(id)
                        .setIsInternal(told != null && internalTopics.isInternal(told)));
    }

    private void add(TopicImage topic) {
        MetadataResponseTopic told = new MetadataResponseTopic()
                .setName(topic.name())
                .setTopicId(TopicIds.toWire(topic.id()))
                .setIsInternal(internalTopics.isInternal(topic.name()));
        if (version >= OPERATIONS_FROM) {
            told.setTopicAuthorizedOperations(AuthorizedOperations.topic(topicOperations));
        }
        for (TopicMetadata.Described partition : metadata.partitions(topic.partitions())) {
            told.partitions()
                    .add(new MetadataResponsePartition()
                            .setErrorCode(code(partition.error()))
                            .setPartitionIndex(partition.index())
                            .setLeaderId(partition.leader())
                            .setLeaderEpoch(partition.leaderEpoch())
                            .setReplicaNodes(partition.replicas())
                            .setIsrNodes(partition.inSync())
                            .setOfflineReplicas(partition.offline()));
        }
        answer.topics().add(told);
    }

    private short code(Errors error) {
        boolean tooNew = error == Errors.LISTENER_NOT_FOUND && version < LISTENER_NOT_FOUND_FROM;
        return (tooNew ? Errors.LEADER_NOT_AVAILABLE : error).code();
    }
}
