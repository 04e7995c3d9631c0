package io.sluice.base;

import java.util.UUID;

/** Randomness as a port, so that a simulation replays exactly. */
public interface Entropy {
    long nextLong();

    /** A random (version 4) identifier. */
    default UUID nextUuid() {
        long most = (nextLong() & 0xFFFF_FFFF_FFFF_0FFFL) | 0x4000L;
        long least = (nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(most, least);
    }

    /** A number in [0, bound). */
    default int nextInt(int bound) {
        return (int) Long.remainderUnsigned(nextLong(), bound);
    }
}
