package io.sluice.system.harness;

/**
 * What the suite runs against. {@code -Dsluice.target=kafka} runs it against Apache Kafka of the same version as the
 * newest client: an expectation that Kafka itself does not meet is wrong.
 */
public enum Target {
    SLUICE,
    KAFKA;

    public static Target current() {
        return valueOf(System.getProperty("sluice.target", "sluice").toUpperCase(java.util.Locale.ROOT));
    }
}
