package io.sluice.simulation;

import java.util.Set;
import java.util.TreeSet;

/**
 * How much may get lost at a time: with {@code min.insync.replicas} of m, m - 1 disks may lose what an acknowledgement did
 * not wait for, until all replicas are in sync again. With {@code flush.messages=1} a power loss takes nothing that was
 * acknowledged; a disk that is exchanged always does.
 */
final class LossBudget {
    private final World world;
    /** Brokers that have lost what was not synced, or more. */
    private final Set<Integer> unsynced = new TreeSet<>();
    /** Those among them that have lost everything. */
    private final Set<Integer> disks = new TreeSet<>();

    LossBudget(World world) {
        this.world = world;
    }

    boolean allowsPowerLoss(SimBroker broker) {
        settle();
        Set<Integer> then = with(unsynced, broker);
        return world.options().promises().stream()
                .filter(topic -> !topic.flushed() || !disks.isEmpty())
                .allMatch(topic -> then.size() < topic.minInSync());
    }

    boolean allowsWipe(SimBroker broker) {
        settle();
        Set<Integer> then = with(unsynced, broker);
        return world.options().promises().stream().allMatch(topic -> then.size() < topic.minInSync());
    }

    /** Whether it has lost something and perhaps not got it back yet. */
    boolean mayLack(SimBroker broker) {
        return unsynced.contains(broker.id());
    }

    void powerLost(SimBroker broker) {
        unsynced.add(broker.id());
    }

    void wiped(SimBroker broker) {
        unsynced.add(broker.id());
        disks.add(broker.id());
    }

    private static Set<Integer> with(Set<Integer> some, SimBroker broker) {
        Set<Integer> all = new TreeSet<>(some);
        all.add(broker.id());
        return all;
    }

    /** Once every replica is in sync and has all that is committed, it begins anew. */
    private void settle() {
        if (!unsynced.isEmpty() && Health.allHaveEverything(world)) {
            unsynced.clear();
            disks.clear();
        }
    }
}
