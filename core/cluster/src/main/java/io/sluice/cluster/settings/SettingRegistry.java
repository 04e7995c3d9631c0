package io.sluice.cluster.settings;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of one domain by name. Immutable. */
public final class SettingRegistry {
    private final SettingDomain domain;
    private final Map<String, Setting<?>> byName;

    SettingRegistry(SettingDomain domain, List<Setting<?>> settings) {
        Map<String, Setting<?>> map = new LinkedHashMap<>();
        for (Setting<?> setting : settings) {
            if (map.put(setting.name(), setting) != null) {
                throw new IllegalArgumentException("two settings are called " + setting.name());
            }
        }
        this.domain = domain;
        this.byName = Collections.unmodifiableMap(map);
    }

    public SettingDomain domain() {
        return domain;
    }

    /** All settings, in the order in which they are documented. */
    public Collection<Setting<?>> all() {
        return byName.values();
    }

    public Optional<Setting<?>> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /**
     * The setting called {@code name}.
     *
     * @throws InvalidSettingException naming the nearest setting that there is
     */
    public Setting<?> get(String name) {
        Setting<?> setting = byName.get(name);
        if (setting == null) {
            throw unknown(name);
        }
        return setting;
    }

    /**
     * Checks that every name is known and every value is taken.
     *
     * @throws InvalidSettingException about the first that is not
     */
    public void check(Map<String, String> values) {
        values.forEach((name, value) -> get(name).parse(value));
    }

    private InvalidSettingException unknown(String name) {
        Optional<String> onlyKafkas =
                domain == SettingDomain.BROKER ? KafkaOnlySettings.whyPassedOver(name, "") : Optional.empty();
        if (onlyKafkas.isPresent()) {
            return new InvalidSettingException(
                    name, "Broker setting " + name + " has no meaning here: " + onlyKafkas.get());
        }
        String kind = domain.name().toLowerCase(java.util.Locale.ROOT);
        String hint = EditDistance.nearest(name, byName.keySet())
                .map(nearest -> "; did you mean " + nearest + "?")
                .orElse("");
        return new InvalidSettingException(name, "Unknown " + kind + " setting " + name + hint);
    }
}
