package io.sluice.cluster;

/** One write, or check, within a {@link CoordinationStore#multi}. The store takes ownership of the bytes. */
public sealed interface StoreOp {
    /** Matches any version of a node. */
    int ANY_VERSION = -1;

    /** What an op costs in a request at most, besides its path and its bytes. */
    int OVERHEAD_BYTES = 96;

    String path();

    /** What {@code op} takes in a request, at most. */
    static int requestBytes(StoreOp op) {
        int bytes = OVERHEAD_BYTES + op.path().length();
        if (op instanceof Create create) {
            bytes += create.data().length;
        } else if (op instanceof SetData set) {
            bytes += set.data().length;
        }
        return bytes;
    }

    record Create(String path, byte[] data, boolean ephemeral) implements StoreOp {}

    record SetData(String path, byte[] data, int version) implements StoreOp {}

    record Delete(String path, int version) implements StoreOp {}

    /** Holds the whole multi to the node being there at this version. */
    record Check(String path, int version) implements StoreOp {}
}
