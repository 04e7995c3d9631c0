package io.sluice.simulation;

import io.sluice.engine.Partition;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a leader counts as in sync: the replicas that its high watermark waits for. Nobody but a checker has a use for it,
 * so it is taken out of the leader's state as it is.
 */
final class LeaderView {
    private LeaderView() {}

    /** The maximal in-sync set but for the leader itself; empty when the partition does not lead. */
    static Optional<Set<Integer>> countedFollowers(Partition partition) {
        Object role = field(partition, "leader");
        if (role == null) {
            return Optional.empty();
        }
        Object followers = field(field(role, "state"), "followers");
        Set<Integer> counted = new TreeSet<>();
        for (int i = 0; i < Array.getLength(followers); i++) {
            Object follower = Array.get(followers, i);
            if ((boolean) field(follower, "inSync")) {
                counted.add((Integer) field(follower, "brokerId"));
            }
        }
        return Optional.of(counted);
    }

    private static @Nullable Object field(Object owner, String name) {
        try {
            Field field = owner.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(owner);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(owner.getClass() + " has no " + name + " any more: mend this view", e);
        }
    }
}
