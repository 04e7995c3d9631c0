package io.sluice.bench;

/** How long a broker of a cluster may be silent before the others take it for dead. */
enum Detection {
    /** What each product ships: 18 s in Sluice's ZooKeeper session, 9 s in Kafka's. */
    DEFAULT("default time-outs"),
    /** The same session time-out on both sides, far below either default. */
    EQUAL("equal time-outs");

    /** What {@link #EQUAL} sets as the session time-out, on both sides. */
    static final int EQUAL_SESSION_MS = 2_000;

    private final String label;

    Detection(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }
}
