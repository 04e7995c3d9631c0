package io.sluice.cluster;

/** Why a node can't take part in its cluster. The message says what to do, in one line. */
public final class ClusterStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Kind {
        /** The data folder belongs to another cluster than the coordination store (S15). */
        CLUSTER_ID_MISMATCH,
        /** The coordination store holds something else, or a newer Sluice's data. */
        UNKNOWN_CONTENT,
        /** The coordination store did not answer in time. */
        STORE_UNREACHABLE,
        /** Another live process is registered with this node's id. */
        NODE_ID_IN_USE,
        /** The node was started with another min.insync.replicas than brokers that were there before it. */
        SETTING_MISMATCH,
        /** The node was closed while it started. */
        CLOSED
    }

    private final Kind kind;

    public ClusterStartException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
