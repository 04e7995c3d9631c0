package io.sluice.log;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What is known about the producers before some offset, for a rebuild to start from.
 *
 * @param offset everything before it is contained
 * @param packed a {@link ProducerSnapshot}; empty when it is known that there are no producers
 */
record ProducerBase(long offset, Optional<ByteBuffer> packed) {
    static ProducerBase nobody(long offset) {
        return new ProducerBase(offset, Optional.empty());
    }

    /** Empty when the bytes are damaged. */
    Optional<ProducerStates> unpack() {
        if (packed.isEmpty()) {
            return Optional.of(new ProducerStates());
        }
        return ProducerSnapshot.decode(packed.get()).map(ProducerSnapshot::states);
    }
}
