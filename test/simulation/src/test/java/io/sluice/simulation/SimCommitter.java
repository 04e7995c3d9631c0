package io.sluice.simulation;

import io.sluice.base.TopicPartition;
import io.sluice.engine.group.CommittedOffset;
import io.sluice.engine.group.GroupError;
import io.sluice.engine.group.OffsetFetch;
import io.sluice.log.LogId;
import java.util.TreeSet;

/**
 * A group of one that commits ever higher offsets, and asks now and then how far it has come: never less far than it was
 * last told, whoever coordinates it by then (G4, G5). A commit of which it was not told what became may take effect at any
 * later time, for nothing fences who has no member id.
 */
final class SimCommitter extends SimClient {
    private static final TopicPartition READ = new TopicPartition("somewhere", 0);
    private static final long NEVER = -1;

    private final String group;
    private final int paceMs;
    /** Sent, and not known to have taken effect. */
    private final TreeSet<Long> unknown = new TreeSet<>();

    private long next;
    private long floor = NEVER;
    private int acknowledged;
    private GroupError lastRefusal = GroupError.NONE;
    private boolean asking;
    private boolean finishing;
    private boolean sure;

    /** @param coordinator the partition of the offsets topic that the group belongs to */
    SimCommitter(World world, int hostId, String group, LogId coordinator, int paceMs) {
        super(world, hostId, "committer" + hostId, coordinator);
        this.group = group;
        this.paceMs = paceMs;
    }

    void start() {
        lookUp();
        schedule(1, this::tick);
    }

    /** Commits no more; asks once again in the end. */
    void finish() {
        finishing = true;
    }

    /** Whether it has looked since it finished. */
    boolean done() {
        return sure;
    }

    int acknowledged() {
        return acknowledged;
    }

    private void tick() {
        if (connected() && !asking && !sure) {
            asking = true;
            if (finishing || chance().oneIn(4)) {
                look();
            } else {
                commit();
            }
        }
        schedule(chance().between(1, 2 * paceMs), this::tick);
    }

    private void commit() {
        long offset = next++;
        unknown.add(offset);
        this.<GroupError>call(
                "commit", 3_000, (broker, answer) -> broker.commit(group, READ, offset, answer), error -> {
                    asking = false;
                    if (error == GroupError.NONE) {
                        unknown.remove(offset);
                        floor = Math.max(floor, offset);
                        acknowledged++;
                    } else {
                        refused(error);
                    }
                });
    }

    private void look() {
        boolean last = finishing;
        this.<OffsetFetch.Response>call(
                "group's offset", 3_000, (broker, answer) -> broker.committed(group, READ, answer), response -> {
                    asking = false;
                    if (response.error() == GroupError.NONE) {
                        CommittedOffset found = response.offsets().get(READ);
                        found(found == null ? NEVER : found.offset());
                        sure = last;
                    } else {
                        refused(response.error());
                    }
                });
    }

    private void found(long offset) {
        // A commit takes effect once, so what has shown itself is not to come again.
        boolean late = unknown.remove(offset);
        world.require(
                offset >= floor || late,
                name() + " g5: group " + group + " was told " + floor + ", and now finds " + offset
                        + "; of unknown outcome are " + unknown);
        floor = offset;
    }

    private void refused(GroupError error) {
        if (error != lastRefusal) {
            lastRefusal = error;
            world.simulation().say(name(), "is refused: " + error);
        }
        if (error == GroupError.NOT_COORDINATOR || chance().oneIn(4)) {
            giveUpLeader();
        }
    }

    @Override
    void found() {
        // The next tick asks.
    }

    @Override
    void lost() {
        asking = false;
    }

    @Override
    public String toString() {
        return name() + " of " + group + " at " + partition + " floor=" + floor + " next=" + next;
    }
}
