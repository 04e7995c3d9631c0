package io.sluice.cluster.settings;

/** What kind of thing carries a setting. Names are unique within a domain only. */
public enum SettingDomain {
    TOPIC,
    BROKER,
    GROUP
}
