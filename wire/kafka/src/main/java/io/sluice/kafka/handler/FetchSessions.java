package io.sluice.kafka.handler;

import io.sluice.base.Clock;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * The fetch sessions of all connections, bounded in number and in the partitions that they name. When all slots are
 * taken, one that was idle for two minutes makes room; if there is none the client goes on without a session. Any
 * thread.
 */
final class FetchSessions {
    static final int NO_SESSION = 0;
    /** Epoch of a request that wants no session, or ends the one it names. */
    static final int FINAL_EPOCH = -1;
    /** Epoch of a request that wants a new session. */
    static final int INITIAL_EPOCH = 0;

    private static final long EVICTABLE_AFTER_NANOS = 120_000_000_000L;

    private final int slots;
    private final FetchTargets budget;
    private final Clock clock;
    private final ConcurrentHashMap<Integer, FetchSession> sessions = new ConcurrentHashMap<>();
    private final AtomicInteger lastId;

    FetchSessions(int slots, FetchTargets budget, Clock clock) {
        this.slots = slots;
        this.budget = budget;
        this.clock = clock;
        // Ids of an earlier run of this broker should not be mistaken for ours.
        this.lastId = new AtomicInteger((int) (clock.wallMs() & 0x3fff_ffff));
    }

    /** A session or the error that tells the client to begin a new one. */
    record Found(Errors error, @Nullable FetchSession sessionOrNull) {
        FetchSession session() {
            FetchSession session = sessionOrNull;
            if (session == null) {
                throw new IllegalStateException("no session: " + error);
            }
            return session;
        }
    }

    /** A plan for a full fetch, with a new session if there is a slot for it. */
    FetchPlan create(Collection<FetchTarget> targets, boolean byId) {
        if (targets.isEmpty() || !makeRoom() || !budget.tryTake(targets.size())) {
            return FetchPlan.withoutSession(targets, budget);
        }
        long now = clock.nanoTime();
        FetchSession session = new FetchSession(nextId(), byId, targets, budget, now);
        session.tryUse(now);
        sessions.put(session.id(), session);
        return FetchPlan.first(session);
    }

    private int nextId() {
        int id = lastId.incrementAndGet() & Integer.MAX_VALUE;
        while (id == NO_SESSION || sessions.containsKey(id)) {
            id = lastId.incrementAndGet() & Integer.MAX_VALUE;
        }
        return id;
    }

    private boolean makeRoom() {
        if (sessions.size() < slots) {
            return true;
        }
        long now = clock.nanoTime();
        Optional<FetchSession> oldest =
                sessions.values().stream().min(Comparator.comparingLong(session -> session.lastUsedNanos() - now));
        if (oldest.isPresent() && now - oldest.get().lastUsedNanos() > EVICTABLE_AFTER_NANOS) {
            close(oldest.get().id());
            return true;
        }
        return false;
    }

    /** Takes up a session for its next fetch. */
    Found resume(int id, int epoch, boolean byId) {
        FetchSession session = sessions.get(id);
        if (session == null) {
            return new Found(Errors.FETCH_SESSION_ID_NOT_FOUND, null);
        }
        if (session.byId() != byId) {
            return new Found(Errors.FETCH_SESSION_TOPIC_ID_ERROR, null);
        }
        if (!session.tryUse(clock.nanoTime())) {
            return new Found(Errors.INVALID_FETCH_SESSION_EPOCH, null);
        }
        if (session.epoch() != epoch) {
            session.release();
            return new Found(Errors.INVALID_FETCH_SESSION_EPOCH, null);
        }
        session.nextEpoch();
        return new Found(Errors.NONE, session);
    }

    /** Ends a session; does nothing for one that does not exist. */
    void close(int id) {
        FetchSession session = sessions.remove(id);
        if (session != null) {
            session.close();
        }
    }
}
