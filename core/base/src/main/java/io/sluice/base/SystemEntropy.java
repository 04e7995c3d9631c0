package io.sluice.base;

import java.security.SecureRandom;

/** The machine's randomness: the one production implementation of {@link Entropy}. Safe from any thread. */
public final class SystemEntropy implements Entropy {
    public static final SystemEntropy INSTANCE = new SystemEntropy();

    private final SecureRandom random = new SecureRandom();

    private SystemEntropy() {}

    @Override
    public long nextLong() {
        return random.nextLong();
    }
}
