package io.sluice.engine.group;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory that all groups of the broker share: what members tell of themselves, assignments, committed offsets, and
 * the groups themselves, as {@link Footprint} weighs them. What is in the log is taken whether there is room or not; only
 * what a client adds can be refused.
 *
 * <p>Safe from any thread. Shards ask first and take afterwards, each on its own loop, so that at worst the limit is
 * passed by one request per loop.
 */
public final class GroupMemory {
    private static final Logger log = LoggerFactory.getLogger(GroupMemory.class);

    /** One request may take this part of what is left: who asks for much is refused while others still find room. */
    private static final int PART_OF_THE_REST = 8;

    /** One classic group may offer and assign this part of the whole: its record and its answers are copies of it. */
    private static final int PART_OF_ONE_GROUP = 4;

    private static final long WARN_EVERY_MS = 60_000;

    private final long limitBytes;
    private final AtomicLong usedBytes = new AtomicLong();
    private final AtomicLong warnedMs = new AtomicLong(Long.MIN_VALUE / 2);

    /** @param limitBytes a part of the heap; positive */
    public GroupMemory(long limitBytes) {
        if (limitBytes <= 0) {
            throw new IllegalArgumentException("a limit of " + limitBytes + " bytes leaves no room for groups");
        }
        this.limitBytes = limitBytes;
    }

    /** What all groups take now, in bytes; past the limit when the log holds more than fits it. */
    public long usedBytes() {
        return usedBytes.get();
    }

    void add(long bytes) {
        usedBytes.addAndGet(bytes);
    }

    /** What the members of one classic group may offer together, and be assigned together. */
    long oneGroupBytes() {
        return Math.min(Bounds.GROUP_BYTES, limitBytes / PART_OF_ONE_GROUP);
    }

    /** Whether a client may add {@code bytes}; what takes no more than before always may. Says so in the log if not. */
    boolean hasRoomFor(long bytes, String groupId, long nowMs) {
        long used = usedBytes.get();
        if (bytes <= 0 || bytes <= (limitBytes - used) / PART_OF_THE_REST) {
            return true;
        }
        long last = warnedMs.get();
        if (nowMs - last >= WARN_EVERY_MS && warnedMs.compareAndSet(last, nowMs)) {
            log.warn(
                    "msg=\"no memory for more groups, members or offsets: clients are told to try again; delete groups,"
                            + " or give the broker a larger heap\" group={} askedBytes={} usedBytes={} limitBytes={}",
                    groupId,
                    bytes,
                    used,
                    limitBytes);
        }
        return false;
    }
}
