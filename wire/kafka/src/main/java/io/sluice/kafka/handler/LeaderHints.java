package io.sluice.kafka.handler;

import io.netty.buffer.ByteBuf;
import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.Endpoint;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.TopicImage;
import io.sluice.kafka.WireWriter;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tells a client that came to the wrong broker who leads (KIP-951), in the tagged fields of a produce or fetch answer: of
 * each partition the leader, and at the end of the answer where those leaders are. Belongs to one answer.
 *
 * <pre>
 *   leader of a partition   int32 id, int32 epoch, no tags
 *   leaders of an answer    [ int32 id, host, int32 port, rack, no tags ]
 * </pre>
 */
final class LeaderHints {
    private static final int LEADER_BYTES = 9;
    private static final int ENDPOINTS_TAG = 0;

    private final ClusterImage image;
    private final String listener;
    /** Brokers that were named, by id; there once the first is. */
    private @Nullable SortedMap<Integer, BrokerInfo> named;

    LeaderHints(ClusterImage image, String listener) {
        this.image = image;
        this.listener = listener;
    }

    /** The partition as the image has it, so that {@link #writeLeader} can tell of it. */
    Optional<PartitionImage> find(@Nullable String topic, @Nullable UUID topicId, int index) {
        Optional<TopicImage> found = topicId != null
                ? image.topic(topicId)
                : Optional.ofNullable(topic).flatMap(image::topic);
        return found.flatMap(one -> one.partition(index));
    }

    /** Writes a tagged field with the leader. */
    void writeLeader(ByteBuf out, int tag, PartitionImage partition) {
        WireWriter.writeUnsignedVarint(out, tag);
        WireWriter.writeUnsignedVarint(out, LEADER_BYTES);
        out.writeInt(partition.leader());
        out.writeInt(partition.leaderEpoch());
        WireWriter.writeNoTaggedFields(out, true);
        image.broker(partition.leader())
                .filter(broker -> broker.endpoint(listener).isPresent())
                .ifPresent(this::name);
    }

    private void name(BrokerInfo broker) {
        SortedMap<Integer, BrokerInfo> all = named;
        if (all == null) {
            all = new TreeMap<>();
            named = all;
        }
        all.put(broker.id(), broker);
    }

    /** Writes the tagged fields of the whole answer: where the leaders are that were named. */
    void writeEndpoints(ByteBuf out) {
        SortedMap<Integer, BrokerInfo> all = named;
        if (all == null) {
            WireWriter.writeNoTaggedFields(out, true);
            return;
        }
        ByteBuf value = out.alloc().heapBuffer();
        try {
            WireWriter.writeArrayLength(value, true, all.size());
            all.values().forEach(broker -> writeEndpoint(value, broker));
            WireWriter.writeUnsignedVarint(out, 1);
            WireWriter.writeUnsignedVarint(out, ENDPOINTS_TAG);
            WireWriter.writeUnsignedVarint(out, value.readableBytes());
            out.writeBytes(value);
        } finally {
            value.release();
        }
    }

    private void writeEndpoint(ByteBuf out, BrokerInfo broker) {
        Endpoint endpoint = broker.endpoint(listener).orElseThrow();
        out.writeInt(broker.id());
        WireWriter.writeNullableString(out, true, endpoint.host());
        out.writeInt(endpoint.port());
        WireWriter.writeNullableString(out, true, broker.rack().orElse(null));
        WireWriter.writeNoTaggedFields(out, true);
    }
}
