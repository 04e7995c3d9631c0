package io.sluice.cluster;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A small tree of nodes that all brokers see alike: ZooKeeper in production, a model of it in tests and the simulation.
 *
 * <p>All stages complete, all watches fire and all session events come on the control loop. Requests of one session are
 * carried out and answered in the order they were made. A stage fails with a {@link StoreException}; where
 * {@link StoreFailure#isOutcomeUnknown()} says so, the request may still have been done, and the caller must look before
 * it decides anything (R19).
 *
 * <p>A watch fires once, and never after its session is over. Between its firing and the next read anything may have
 * happened: re-arm by reading again with a watch, and go by what that read says.
 */
public interface CoordinationStore {
    /** Starts connecting. Events come from now on. Called once. */
    void start(SessionListener listener);

    /** Creates a node and answers with its stat; the parent must exist. */
    CompletionStage<NodeStat> create(String path, byte[] data, boolean ephemeral);

    CompletionStage<StoredNode> get(String path);

    /** As {@link #get(String)}, and calls {@code watch} once when the node changes or goes. Without a node, no watch. */
    CompletionStage<StoredNode> get(String path, Runnable watch);

    /** What {@link #getAll} takes at most: as many nodes of the largest size as an answer holds. */
    int MAX_READ_AT_ONCE = 60;

    /** Reads several nodes in one request; empty where a node is not there. At most {@link #MAX_READ_AT_ONCE}. */
    CompletionStage<List<Optional<StoredNode>>> getAll(List<String> paths);

    /** Replaces the bytes if the version still is {@code version} (or any, with {@link StoreOp#ANY_VERSION}). */
    CompletionStage<NodeStat> set(String path, byte[] data, int version);

    CompletionStage<Void> delete(String path, int version);

    /** The names of the children, sorted. */
    CompletionStage<List<String>> children(String path);

    /** As {@link #children(String)}, and calls {@code watch} once when a child comes or goes or the node goes. */
    CompletionStage<List<String>> children(String path, Runnable watch);

    /**
     * Does all of {@code ops} in order, or none. On refusal the exception is that of the first op that does not hold;
     * {@link StoreException#failedIndex()} says which.
     */
    CompletionStage<Void> multi(List<StoreOp> ops);

    /** What somebody else needs to end the session that is open now; empty while there is none. Control loop. */
    Optional<SessionKey> sessionKey();

    /**
     * Ends a session, of this node or another, at once: its ephemeral nodes go. Done when it is over, also if it was so
     * before. Only for a session whose process is known to be gone; one that lives learns that it has expired.
     */
    CompletionStage<Void> endSession(SessionKey key);

    /** The most bytes that one request may carry, its own overhead counted. */
    int maxRequestBytes();

    /**
     * Ends the session, and with it its ephemeral nodes. What is unanswered fails with CLOSED, nothing is told to the
     * listener any more. Completes when the store knows, or can't be told. Safe from any thread.
     */
    CompletionStage<Void> close();

    /** The life of a session. Called on the control loop. */
    interface SessionListener {
        /** A session is there. {@code fresh} says that it is a new one: ephemeral nodes and watches of old are gone. */
        void connected(long sessionId, boolean fresh);

        /** The store can't be reached for the moment; the session may yet live. */
        void disconnected();

        /** The session is over; the store tries by itself to open a new one. */
        void expired();
    }
}
