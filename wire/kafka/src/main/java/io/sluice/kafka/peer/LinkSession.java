package io.sluice.kafka.peer;

import io.sluice.engine.ReplicaFetch;
import io.sluice.engine.ReplicaFetch.Position;
import io.sluice.engine.ReplicaFetch.Ref;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchRequestData.ReplicaState;

/**
 * The follower's side of an incremental fetch session (KIP-227): makes requests that name only what changed once the
 * leader has granted a session, and all partitions while it has not.
 */
final class LinkSession {
    private static final int NONE = 0;
    private static final int FIRST_EPOCH = 0;

    /** All that is wanted, where it stands. */
    private final Map<Ref, Position> wanted = new LinkedHashMap<>();

    private int id = NONE;
    private int epoch = FIRST_EPOCH;

    /** What is both forgotten and wanted is wanted: it left and came back since the last request. */
    FetchRequestData request(ReplicaFetch fetch) {
        fetch.forgotten().forEach(wanted::remove);
        fetch.changed().forEach(position -> wanted.put(position.partition(), position));
        FetchRequestData request = new FetchRequestData()
                .setReplicaState(
                        new ReplicaState().setReplicaId(fetch.brokerId()).setReplicaEpoch(fetch.brokerEpoch()))
                .setMaxWaitMs(fetch.maxWaitMs())
                .setMinBytes(fetch.minBytes())
                .setMaxBytes(fetch.maxBytes())
                .setSessionId(id)
                .setSessionEpoch(epoch);
        if (id == NONE) {
            return request.setTopics(topics(wanted.values()));
        }
        return request.setTopics(topics(fetch.changed())).setForgottenTopicsData(forgotten(fetch));
    }

    private static List<FetchTopic> topics(Collection<Position> positions) {
        Map<UUID, FetchTopic> topics = new LinkedHashMap<>();
        for (Position position : positions) {
            Ref ref = position.partition();
            topics.computeIfAbsent(ref.topicId(), id -> new FetchTopic().setTopicId(wireId(id)))
                    .partitions()
                    .add(new FetchPartition()
                            .setPartition(ref.partition())
                            .setCurrentLeaderEpoch(position.leaderEpoch())
                            .setFetchOffset(position.offset())
                            .setLastFetchedEpoch(position.lastEpoch())
                            .setLogStartOffset(position.logStartOffset())
                            .setPartitionMaxBytes(position.maxBytes()));
        }
        return List.copyOf(topics.values());
    }

    /** A leader drops what is forgotten last (KIP-227), so what is wanted again must not be named there. */
    private static List<ForgottenTopic> forgotten(ReplicaFetch fetch) {
        if (fetch.forgotten().isEmpty()) {
            return List.of();
        }
        Set<Ref> wantedAgain = new HashSet<>();
        fetch.changed().forEach(position -> wantedAgain.add(position.partition()));
        Map<UUID, ForgottenTopic> topics = new LinkedHashMap<>();
        for (Ref ref : fetch.forgotten()) {
            if (wantedAgain.contains(ref)) {
                continue;
            }
            topics.computeIfAbsent(ref.topicId(), id -> new ForgottenTopic().setTopicId(wireId(id)))
                    .partitions()
                    .add(ref.partition());
        }
        return List.copyOf(topics.values());
    }

    private static Uuid wireId(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    /** @param sessionId of the answer, 0 when the leader grants no session */
    void answered(int sessionId) {
        if (sessionId == NONE) {
            id = NONE;
            epoch = FIRST_EPOCH;
        } else {
            id = sessionId;
            epoch = epoch == Integer.MAX_VALUE ? FIRST_EPOCH + 1 : epoch + 1;
        }
    }

    /** Forgets everything: the next request begins anew. */
    void reset() {
        wanted.clear();
        id = NONE;
        epoch = FIRST_EPOCH;
    }
}
