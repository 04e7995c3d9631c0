package io.sluice.cluster;

/**
 * Which messages and stored nodes a broker understands, as its registration says: a number that grows with every kind of
 * thing that is added. What {@code docs/replication.md} says of rolling upgrades is built on it. Stateless.
 *
 * <p>Fields that are added at the end of a struct, and keys of stored nodes, need no new level: who does not know them
 * passes over them. A new kind of event, of call or of message does: it is sent only to brokers that say they know it.
 */
final class PeerLevel {
    /** What a broker knows that does not say. */
    static final int FIRST = 1;

    static final int OWN = 1;

    private PeerLevel() {}
}
