package io.sluice.bench;

/** One kind of work that a comparison gives to both sides, round after round. Stateless but for its settings. */
interface Workload {
    /** How many brokers a side has in a workload on a cluster. */
    int CLUSTER_BROKERS = 3;

    /** As {@code --workloads} names it: {@code w1} on one broker, {@code r1} on a cluster. */
    String id();

    /** One line for the reader of the table: what is done, with which client. */
    String description();

    /** Does the work once for one side and adds what it measured to the turn's scores. */
    void run(Turn turn) throws Exception;

    /** How many brokers a side has: one, or {@link #CLUSTER_BROKERS}. */
    default int brokers() {
        return 1;
    }

    /** Whether the work starts brokers of its own; otherwise it runs on the turn's, one after the other. */
    default boolean startsItsOwnBroker() {
        return false;
    }
}
