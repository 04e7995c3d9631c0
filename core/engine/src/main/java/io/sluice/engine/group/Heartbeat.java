package io.sluice.engine.group;

/** A classic member says that it lives and hears whether a rebalance is on. The answer is a {@link GroupError}. */
public final class Heartbeat {
    private Heartbeat() {}

    public record Request(MemberRef member, int generation) {}
}
