package io.sluice.kafka.handler;

import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.TopicImage;
import io.sluice.cluster.settings.BrokerNetworkSettings;
import io.sluice.engine.Engine;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * DescribeTopicPartitions (key 75, version 0, KIP-966): topics by name, a bounded number of partitions at a time. The
 * cursor in the answer says where the next request goes on.
 */
public final class DescribeTopicPartitionsHandler extends MessageHandler<DescribeTopicPartitionsRequestData> {
    private final Engine engine;

    public DescribeTopicPartitionsHandler(Engine engine) {
        super(ApiKeys.DESCRIBE_TOPIC_PARTITIONS);
        this.engine = engine;
    }

    @Override
    protected void handle(DescribeTopicPartitionsRequestData request, Exchange exchange) {
        int limit = Math.min(
                request.responsePartitionLimit(), engine.settings().get(BrokerNetworkSettings.MAX_REQUEST_PARTITIONS));
        Page page = new Page(engine, exchange.connection().listener(), Math.max(1, limit));
        exchange.respond(page.fill(request));
    }

    /** One answer being filled. */
    private static final class Page {
        private final Engine engine;
        private final ClusterImage image;
        private final TopicMetadata metadata;
        private final DescribeTopicPartitionsResponseData answer = new DescribeTopicPartitionsResponseData();
        private int room;

        Page(Engine engine, String listener, int limit) {
            this.engine = engine;
            this.image = engine.image();
            this.metadata = new TopicMetadata(image, listener);
            this.room = limit;
        }

        DescribeTopicPartitionsResponseData fill(DescribeTopicPartitionsRequestData request) {
            DescribeTopicPartitionsRequestData.Cursor cursor = request.cursor();
            boolean all = request.topics().isEmpty();
            NavigableSet<String> names = all ? allNames() : named(request.topics());
            if (cursor != null) {
                if (cursor.partitionIndex() < 0) {
                    return refuse(names);
                }
                names = names.tailSet(cursor.topicName(), true);
            }
            for (String name : names) {
                int from = cursor != null && cursor.topicName().equals(name) ? cursor.partitionIndex() : 0;
                if (room == 0) {
                    answer.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(from));
                    break;
                }
                if (!add(name, from, all)) {
                    break;
                }
            }
            return answer;
        }

        private NavigableSet<String> allNames() {
            NavigableSet<String> names = new TreeSet<>();
            image.topics().forEach(topic -> names.add(topic.name()));
            return names;
        }

        private static NavigableSet<String> named(List<TopicRequest> topics) {
            NavigableSet<String> names = new TreeSet<>();
            topics.forEach(topic -> names.add(topic.name()));
            return names;
        }

        private DescribeTopicPartitionsResponseData refuse(NavigableSet<String> names) {
            names.forEach(name -> answer.topics().add(topic(name).setErrorCode(Errors.INVALID_REQUEST.code())));
            return answer;
        }

        /** Adds a topic from a partition on; false when the page is full before its end. */
        private boolean add(String name, int from, boolean all) {
            TopicImage topic = image.topic(name).orElse(null);
            if (topic == null) {
                if (!all) {
                    answer.topics()
                            .add(topic(name)
                                    .setErrorCode(UnknownTopic.error(name).code()));
                }
                return true;
            }
            DescribeTopicPartitionsResponseTopic told = topic(name)
                    .setTopicId(TopicIds.toWire(topic.id()))
                    .setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
            answer.topics().add(told);
            int to = (int) Math.min(topic.partitionCount(), (long) from + room);
            for (int i = from; i < to; i++) {
                told.partitions()
                        .add(partition(metadata.partition(i, topic.partitions().get(i))));
            }
            room -= Math.max(0, to - from);
            if (to < topic.partitionCount()) {
                answer.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(to));
                return false;
            }
            return true;
        }

        private DescribeTopicPartitionsResponseTopic topic(String name) {
            return new DescribeTopicPartitionsResponseTopic()
                    .setName(name)
                    .setIsInternal(engine.internalTopics().isInternal(name));
        }

        private static DescribeTopicPartitionsResponsePartition partition(TopicMetadata.Described partition) {
            return new DescribeTopicPartitionsResponsePartition()
                    .setErrorCode(partition.error().code())
                    .setPartitionIndex(partition.index())
                    .setLeaderId(partition.leader())
                    .setLeaderEpoch(partition.leaderEpoch())
                    .setReplicaNodes(partition.replicas())
                    .setIsrNodes(partition.inSync())
                    .setEligibleLeaderReplicas(partition.eligible())
                    .setLastKnownElr(partition.lastEligible())
                    .setOfflineReplicas(partition.offline());
        }
    }
}
