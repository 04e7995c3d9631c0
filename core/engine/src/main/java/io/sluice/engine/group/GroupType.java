package io.sluice.engine.group;

/** Which protocol a group speaks. */
public enum GroupType {
    CLASSIC("classic"),
    CONSUMER("consumer");

    private final String label;

    GroupType(String label) {
        this.label = label;
    }

    /** Kafka's name for it, as tools show and filter by it. */
    public String label() {
        return label;
    }
}
