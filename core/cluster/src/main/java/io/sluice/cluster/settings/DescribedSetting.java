package io.sluice.cluster.settings;

import java.util.List;
import java.util.Optional;

/**
 * A setting with the value that holds and where it comes from, for people and admin clients.
 *
 * @param value as text; empty for a password, and for what has no value
 * @param readOnly whether it can't be altered at run time where it was looked at
 * @param synonyms every place that gives a value, strongest first; the first is the one that holds
 */
public record DescribedSetting(
        Setting<?> setting, Optional<String> value, SettingSource source, boolean readOnly, List<Synonym> synonyms) {
    /** One place that gives a value, as it is written there. */
    public record Synonym(String name, Optional<String> value, SettingSource source) {}
}
