package io.sluice.cluster.settings;

/** Whether, and how widely, a setting can be altered while brokers run. */
public enum Change {
    /** Only by the file or flags that the broker starts with. */
    READ_ONLY,
    /** For one broker, or as the default of all. */
    PER_BROKER,
    /** As {@link #PER_BROKER}, and in no other way: what is in a broker's file is passed over. */
    AT_RUN_TIME_ONLY,
    /** As the default of all brokers, or for one; the same everywhere is what makes sense. */
    CLUSTER_WIDE
}
