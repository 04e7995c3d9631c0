package io.sluice.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * One node's time as controller, and the fence around its writes. Every write goes into one transaction with a
 * conditional write of {@code /controller_epoch}, which moves that node's version on by one. So a controller that was
 * replaced can write nothing (R17), a write that is sent twice takes effect once, and whether a write whose answer was
 * lost took effect can be read off the version (R19).
 *
 * <p>Owned by the control loop.
 */
final class Term {
    private final int epoch;
    private int version;

    /**
     * @param epoch the controller epoch of this term
     * @param version the version of {@code /controller_epoch} after the election
     */
    Term(int epoch, int version) {
        this.epoch = epoch;
        this.version = version;
    }

    int epoch() {
        return epoch;
    }

    /** {@code ops} behind the fence, which is the op at index 0. */
    List<StoreOp> fenced(List<StoreOp> ops) {
        List<StoreOp> all = new ArrayList<>(ops.size() + 1);
        all.add(new StoreOp.SetData(StorePaths.CONTROLLER_EPOCH, NodeCodec.plain(Integer.toString(epoch)), version));
        all.addAll(ops);
        return all;
    }

    void written() {
        version++;
    }

    /** What the fence says about a write whose answer was lost. */
    enum Fate {
        WRITTEN,
        NOT_YET,
        /** Somebody else is controller by now. */
        FENCED
    }

    Fate fateOfLastWrite(StoredNode fence) {
        if (!NodeCodec.plain(fence.data()).equals(Integer.toString(epoch))) {
            return Fate.FENCED;
        }
        if (fence.stat().version() == version) {
            return Fate.NOT_YET;
        }
        return fence.stat().version() == version + 1 ? Fate.WRITTEN : Fate.FENCED;
    }
}
