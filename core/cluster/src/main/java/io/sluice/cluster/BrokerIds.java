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

    /** These and {@code id} after them, unless it is among them. */
    public BrokerIds with(int id) {
        if (has(id)) {
            return this;
        }
        int[] more = Arrays.copyOf(ids, ids.length + 1);
        more[ids.length] = id;
        return new BrokerIds(more);
    }

    /** These and after them those of {@code others} that are not among them, in their order. */
    public BrokerIds with(BrokerIds others) {
        BrokerIds all = this;
        for (int id : others.ids) {
            all = all.with(id);
        }
        return all;
    }

    public BrokerIds without(int id) {
        return has(id) ? of(Arrays.stream(ids).filter(each -> each != id).toArray()) : this;
    }

    public BrokerIds without(BrokerIds others) {
        BrokerIds rest = this;
        for (int id : others.ids) {
            rest = rest.without(id);
        }
        return rest;
    }

    /** Those of these that are in {@code others}, in this order. */
    public BrokerIds in(BrokerIds others) {
        int[] kept = Arrays.stream(ids).filter(others::has).toArray();
        return kept.length == ids.length ? this : of(kept);
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
