package io.sluice.cluster.settings;

/** What a setting's text is parsed to; the names are those that Kafka's DescribeConfigs tells. */
public enum SettingType {
    BOOLEAN,
    STRING,
    INT,
    LONG,
    DOUBLE,
    /** Items separated by commas. */
    LIST,
    /** A text that is never shown, logged or described. */
    PASSWORD
}
