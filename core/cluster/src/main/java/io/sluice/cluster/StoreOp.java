package io.sluice.cluster;

/** One write, or check, within a {@link CoordinationStore#multi}. The store takes ownership of the bytes. */
public sealed interface StoreOp {
    /** Matches any version of a node. */
    int ANY_VERSION = -1;

    String path();

    record Create(String path, byte[] data, boolean ephemeral) implements StoreOp {}

    record SetData(String path, byte[] data, int version) implements StoreOp {}

    record Delete(String path, int version) implements StoreOp {}

    /** Holds the whole multi to the node being there at this version. */
    record Check(String path, int version) implements StoreOp {}
}
