package io.sluice.cluster;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/** An immutable list of broker ids in one int array: replicas in order of preference, or the in-sync set. */
public final class BrokerIds extends AbstractList<Integer> implements RandomAccess {
    private static final BrokerIds NONE = new BrokerIds(new int[0]);

    private final int[] ids;

    private BrokerIds(int[] ids) {
        this.ids = ids;
    }

    public static BrokerIds of(int... ids) {
        return ids.length == 0 ? NONE : new BrokerIds(ids.clone());
    }

    public static BrokerIds copyOf(List<Integer> ids) {
        if (ids instanceof BrokerIds already) {
            return already;
        }
        return of(ids.stream().mapToInt(Integer::intValue).toArray());
    }

    /** The id at {@code index}, unboxed. */
    public int at(int index) {
        return ids[index];
    }

    public boolean has(int id) {
        for (int each : ids) {
            if (each == id) {
                return true;
            }
        }
        return false;
    }

    public int[] toIntArray() {
        return ids.clone();
    }

    @Override
    public Integer get(int index) {
        return ids[index];
    }

    @Override
    public int size() {
        return ids.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BrokerIds that ? Arrays.equals(ids, that.ids) : super.equals(other);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ids); // the same value as List.hashCode, as the contract of List asks
    }
}
