package io.sluice.engine.group;

/** What no client can make the coordinator exceed, whatever the settings say. */
public final class Bounds {
    /** Members of one group, pending ones included (G7). */
    public static final int MEMBERS = 10_000;

    /** Groups in one partition of the offsets topic. */
    public static final int GROUPS = 100_000;

    /** Strategies that one classic member can offer. */
    public static final int PROTOCOLS = 64;

    /**
     * Bytes of what one classic group's members say of themselves, and of all their assignments: one record holds them.
     * Less under a small heap, see {@link GroupMemory}, which bounds all groups together.
     */
    public static final int GROUP_BYTES = 16 << 20;

    /** Characters of a group id, member id, instance id, client id, rack or assignor name. */
    public static final int ID_CHARS = 4_096;

    /** Topics that one member can subscribe to by name. */
    public static final int TOPICS = 10_000;

    /** Characters of a subscription's regular expression. */
    public static final int REGEX_CHARS = 1_024;

    /** Different expressions in one group. */
    public static final int REGEXES = 100;

    /** Characters of an offset's metadata, whatever {@code offset.metadata.max.bytes} says: what its field can hold. */
    public static final int OFFSET_METADATA_CHARS = 10_000;

    /** Offsets that one step takes back: expiry goes on in the next, after other work of the loop. */
    public static final int EXPIRED_PER_STEP = 1_000;

    /** Groups that one step of expiry looks at. */
    public static final int GROUPS_PER_STEP = 1_000;

    private Bounds() {}
}
