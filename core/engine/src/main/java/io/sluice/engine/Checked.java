package io.sluice.engine;

import java.nio.ByteBuffer;

/** What {@link Partition#check} says about a batch. */
public sealed interface Checked {
    /** @param batch what to append: the batch that was given, or its re-encoded copy */
    record Accepted(ByteBuffer batch) implements Checked {}

    /** @param message names the partition and what is wrong */
    record Refused(AppendError error, String message) implements Checked {}
}
