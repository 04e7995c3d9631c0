package io.sluice.cluster.settings;

/** Where a value comes from, strongest first. */
public enum SettingSource {
    /** Set on the topic at run time. */
    TOPIC,
    /** Set on the group at run time. */
    GROUP,
    /** Set on this broker at run time. */
    BROKER,
    /** Set for all brokers at run time. */
    CLUSTER_DEFAULT,
    /** From the flags, environment or file that the broker started with. */
    STATIC,
    /** Nobody set it. */
    DEFAULT
}
