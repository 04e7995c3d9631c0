package io.sluice.kafka.handler;

import io.sluice.engine.Engine;
import io.sluice.kafka.ConnectionState;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetch (key 1, versions 4 to 18): finds the session (KIP-227) that tells what to read, or reads what the request
 * names, and lets {@link FetchOperation} read, wait and answer. Replicas on other brokers read by the same request.
 */
public final class FetchHandler extends MessageHandler<FetchRequestData> {
    static final int SESSIONS_FROM = 7;
    static final int FLEXIBLE_FROM = 12;
    static final int TOPIC_ID_FROM = 13;

    private static final Logger log = LoggerFactory.getLogger(FetchHandler.class);

    private final Engine engine;
    private final FetchTargets budget = FetchTargets.ofHeap();
    private final FetchSessions sessions;
    /** Replicas have a budget of their own, so that no number of consumers can stop replication. */
    private final FetchTargets replicaBudget = FetchTargets.ofHeap();
    /** As many as there are connections at most, each of which has one: {@link ConnectionState#keep}. */
    private final FetchSessions replicaSessions;

    private final int maxBytes;

    /**
     * @param sessionSlots {@code max.incremental.fetch.session.cache.slots}
     * @param maxBytes {@code fetch.max.bytes} of the broker
     */
    public FetchHandler(Engine engine, int sessionSlots, int maxBytes) {
        super(ApiKeys.FETCH);
        this.engine = engine;
        this.sessions = new FetchSessions(sessionSlots, budget, engine.clock());
        this.replicaSessions = new FetchSessions(Integer.MAX_VALUE, replicaBudget, engine.clock());
        this.maxBytes = maxBytes;
    }

    @Override
    protected void handle(FetchRequestData request, Exchange exchange) {
        boolean byId = exchange.version() >= TOPIC_ID_FROM;
        FetchReader reader = FetchReader.of(request, exchange.version());
        if (reader.isReplica() && !exchange.state().forBrokers()) {
            refuseReplica(reader, exchange);
            return;
        }
        FetchSessions kept = reader.isReplica() ? replicaSessions : sessions;
        if (exchange.version() < SESSIONS_FROM || request.sessionEpoch() == FetchSessions.FINAL_EPOCH) {
            kept.close(request.sessionId());
            FetchTargets counted = reader.isReplica() ? replicaBudget : budget;
            start(exchange, request, reader, FetchPlan.withoutSession(targets(request, byId), counted));
            return;
        }
        if (request.sessionEpoch() == FetchSessions.INITIAL_EPOCH) {
            kept.close(request.sessionId());
            FetchPlan plan = kept.create(targets(request, byId), byId);
            if (reader.isReplica()) {
                exchange.state().keep(() -> replicaSessions.close(plan.sessionId()));
            }
            start(exchange, request, reader, plan);
            return;
        }
        FetchSessions.Found found = kept.resume(request.sessionId(), request.sessionEpoch(), byId);
        if (found.error() != Errors.NONE) {
            exchange.respond(new FetchResponseData().setErrorCode(found.error().code()));
            return;
        }
        FetchSession session = found.session();
        if (!session.update(targets(request, byId), forgotten(request, byId))) {
            // The client begins anew, and goes on without a session while there is no room for one.
            kept.close(session.id());
            session.release();
            exchange.respond(new FetchResponseData().setErrorCode(Errors.FETCH_SESSION_ID_NOT_FOUND.code()));
            return;
        }
        start(exchange, request, reader, FetchPlan.incremental(session));
    }

    /** What replicas fetch is not committed yet, and what they say they have is believed. */
    private static void refuseReplica(FetchReader reader, Exchange exchange) {
        String listener = exchange.connection().listener();
        log.warn(
                "msg=\"fetch of a replica refused: it did not come to the listener for brokers\" broker={} listener={} from={}",
                reader.brokerId(),
                listener,
                exchange.connection());
        if (exchange.version() < SESSIONS_FROM) {
            exchange.close("replicas fetch from the listener for brokers, not from " + listener);
        } else {
            exchange.respond(new FetchResponseData().setErrorCode(Errors.CLUSTER_AUTHORIZATION_FAILED.code()));
        }
    }

    private void start(Exchange exchange, FetchRequestData request, FetchReader reader, FetchPlan plan) {
        int limit = Math.min(Math.max(request.maxBytes(), 0), maxBytes);
        new FetchOperation(engine, exchange, reader, plan, FetchLimits.of(request, limit)).start();
    }

    /** Each partition once: the last mention counts, as for Kafka. */
    private static Collection<FetchTarget> targets(FetchRequestData request, boolean byId) {
        Map<FetchTarget.Key, FetchTarget> targets = new LinkedHashMap<>();
        for (FetchRequestData.FetchTopic topic : request.topics()) {
            FetchTarget.TopicKey key = byId ? key(topic.topicId()) : new FetchTarget.ByName(topic.topic());
            for (FetchRequestData.FetchPartition partition : topic.partitions()) {
                FetchTarget target = new FetchTarget(key, partition.partition(), FetchPosition.of(partition));
                targets.put(target.key(), target);
            }
        }
        return targets.values();
    }

    private static List<FetchTarget.Key> forgotten(FetchRequestData request, boolean byId) {
        List<FetchTarget.Key> keys = new ArrayList<>();
        for (FetchRequestData.ForgottenTopic topic : request.forgottenTopicsData()) {
            FetchTarget.TopicKey key = byId ? key(topic.topicId()) : new FetchTarget.ByName(topic.topic());
            topic.partitions().forEach(index -> keys.add(new FetchTarget.Key(key, index)));
        }
        return keys;
    }

    private static FetchTarget.TopicKey key(Uuid id) {
        return new FetchTarget.ById(new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits()));
    }
}
