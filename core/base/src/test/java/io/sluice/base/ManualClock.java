package io.sluice.base;

/** A clock that moves only when told. */
public final class ManualClock implements Clock {
    private long nanos;
    private long wallMs = 1_700_000_000_000L;

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public long wallMs() {
        return wallMs;
    }

    public void advanceMs(long ms) {
        nanos += ms * 1_000_000L;
        wallMs += ms;
    }
}
