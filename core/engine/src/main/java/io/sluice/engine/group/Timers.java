package io.sluice.engine.group;

import java.util.function.Consumer;

/** Port: alarms of a shard, by key. Called on the shard's home loop; an alarm runs there as a step of its own. */
interface Timers {
    enum Kind {
        /** A member has been silent for too long. */
        SESSION,
        /** A classic group has waited long enough for members to join. */
        JOIN,
        /** A classic group has waited long enough for members to fetch their assignments. */
        SYNC,
        /** A member has taken too long to give up partitions. */
        REVOKE,
        /** Old offsets are looked for. */
        EXPIRY,
        /** Regular expressions are matched again. */
        REGEX
    }

    record Key(Kind kind, String groupId, String memberId) {}

    /** Sets the alarm, in place of one that the key may already have. */
    void schedule(Key key, long delayMs, Consumer<Step> action);

    void cancel(Key key);
}
