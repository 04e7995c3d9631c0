package io.sluice.cluster;

/** What can go wrong in the coordination store. */
public enum StoreFailure {
    NO_NODE,
    NODE_EXISTS,
    BAD_VERSION,
    NOT_EMPTY,
    /** An ephemeral node can't have children. */
    EPHEMERAL_PARENT,
    /** The request is larger than the store takes; nothing was done. */
    TOO_LARGE,
    /** The path or the request is malformed; nothing was done. */
    INVALID,
    /** The connection went away before the answer came: the request may or may not have been done (R19). */
    CONNECTION_LOST,
    /** The session is over, and with it its ephemeral nodes. The request may or may not have been done before. */
    SESSION_EXPIRED,
    /** The store was closed by its owner. */
    CLOSED;

    /** Whether the request may have been done although this is the answer. */
    public boolean isOutcomeUnknown() {
        return this == CONNECTION_LOST || this == SESSION_EXPIRED || this == CLOSED;
    }
}
