package io.sluice.engine.group;

/** What a group is doing. The first five are a classic group's states; a consumer group also assigns and reconciles. */
public enum GroupState {
    EMPTY("Empty"),
    PREPARING_REBALANCE("PreparingRebalance"),
    COMPLETING_REBALANCE("CompletingRebalance"),
    STABLE("Stable"),
    DEAD("Dead"),
    ASSIGNING("Assigning"),
    RECONCILING("Reconciling");

    private final String label;

    GroupState(String label) {
        this.label = label;
    }

    /** Kafka's name for it, as tools show and filter by it. */
    public String label() {
        return label;
    }
}
