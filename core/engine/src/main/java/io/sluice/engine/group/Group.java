package io.sluice.engine.group;

import java.util.OptionalLong;

/** One group as its shard keeps it, whatever protocol it speaks. */
sealed interface Group permits ClassicGroup, ConsumerGroup {
    String groupId();

    GroupType type();

    GroupState state();

    /** "consumer" for groups of consumers; empty for a group that only stores offsets. */
    String protocolType();

    /** Without members: may be deleted, change its protocol, and have its offsets set from outside. */
    boolean isEmpty();

    /** Whether a live member reads {@code topic}, or might: then its offsets stay (G6). */
    boolean isSubscribedTo(String topic);

    /** From when on the retention of {@code offset} counts; empty while it must not expire. */
    OptionalLong retainedFrom(CommittedOffset offset);

    /** What the group takes of the memory for groups; closed when the group is dropped. */
    Tally memory();

    /** What {@link #memory} must say, counted from nothing. */
    long recount();
}
