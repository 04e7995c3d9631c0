package io.sluice.cluster.settings;

import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.ConfigResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The values that hold for one broker, topic or group: what is set in each layer, strongest first. Immutable; made anew
 * when the image changes.
 */
public final class SettingLayers {
    private record Layer(SettingSource source, Map<String, String> values) {}

    /** What is set on the topic or group itself; looked at for settings of its own domain only. */
    private final Optional<Layer> own;

    private final SettingDomain ownDomain;
    private final List<Layer> broker;

    private SettingLayers(SettingDomain ownDomain, Optional<Layer> own, List<Layer> broker) {
        this.ownDomain = ownDomain;
        this.own = own;
        this.broker = broker;
    }

    /** What the broker started with, and nothing else. */
    public static SettingLayers ofStatic(Map<String, String> staticValues) {
        return new SettingLayers(
                SettingDomain.BROKER,
                Optional.empty(),
                List.of(new Layer(SettingSource.STATIC, Map.copyOf(staticValues))));
    }

    /** What holds for broker {@code brokerId}, which started with {@code staticValues}. */
    public static SettingLayers ofBroker(int brokerId, Map<String, String> staticValues, ClusterImage image) {
        return ofBroker(brokerId, staticValues, image::configs);
    }

    /** As above, with what is set at run time taken from {@code configs}. */
    public static SettingLayers ofBroker(
            int brokerId, Map<String, String> staticValues, Function<ConfigResource, Map<String, String>> configs) {
        return new SettingLayers(
                SettingDomain.BROKER,
                Optional.empty(),
                List.of(
                        new Layer(SettingSource.BROKER, configs.apply(ConfigResource.broker(brokerId))),
                        new Layer(SettingSource.CLUSTER_DEFAULT, configs.apply(ConfigResource.CLUSTER_DEFAULT)),
                        new Layer(SettingSource.STATIC, Map.copyOf(staticValues))));
    }

    /** What holds for a topic on the broker whose layers these are. */
    public SettingLayers withTopic(Map<String, String> topicConfigs) {
        return new SettingLayers(
                SettingDomain.TOPIC, Optional.of(new Layer(SettingSource.TOPIC, topicConfigs)), broker);
    }

    /** What holds for a group on the broker whose layers these are. */
    public SettingLayers withGroup(Map<String, String> groupConfigs) {
        return new SettingLayers(
                SettingDomain.GROUP, Optional.of(new Layer(SettingSource.GROUP, groupConfigs)), broker);
    }

    /**
     * The value that holds.
     *
     * @throws InvalidSettingException when it has neither a value nor a default, or does not parse
     */
    public <T> T get(Setting<T> setting) {
        return find(setting)
                .orElseThrow(() -> new InvalidSettingException(setting.name(), setting.name() + " must be set"));
    }

    /** The value that holds, if there is any. */
    public <T> Optional<T> find(Setting<T> setting) {
        Optional<T> explicit = findExplicit(setting);
        return explicit.isPresent() ? explicit : defaultOf(setting);
    }

    /** The value that somebody set, here or on a setting that this one falls back on. */
    public <T> Optional<T> findExplicit(Setting<T> setting) {
        for (Layer layer : layersFor(setting)) {
            String raw = layer.values().get(setting.name());
            if (raw != null) {
                return Optional.of(setting.parse(raw));
            }
        }
        for (Setting.Fallback<?, T> fallback : setting.fallbacks()) {
            Optional<T> value = explicitOf(fallback);
            if (value.isPresent()) {
                return value;
            }
        }
        return Optional.empty();
    }

    /** The value that holds with every place that gives one. */
    public <T> DescribedSetting describe(Setting<T> setting) {
        List<DescribedSetting.Synonym> synonyms = new ArrayList<>();
        addExplicit(setting, synonyms);
        addDefaults(setting, synonyms);
        SettingSource source =
                synonyms.isEmpty() ? SettingSource.DEFAULT : synonyms.get(0).source();
        Optional<String> value =
                setting.isSensitive() ? Optional.empty() : find(setting).map(setting::format);
        boolean readOnly = setting.domain() == SettingDomain.BROKER && setting.change() == Change.READ_ONLY;
        return new DescribedSetting(setting, value, source, readOnly, synonyms);
    }

    private <S, T> Optional<T> explicitOf(Setting.Fallback<S, T> fallback) {
        return findExplicit(fallback.setting()).map(fallback.convert());
    }

    private static <T> Optional<T> defaultOf(Setting<T> setting) {
        if (setting.defaultValue().isPresent()) {
            return setting.defaultValue();
        }
        for (Setting.Fallback<?, T> fallback : setting.fallbacks()) {
            Optional<T> value = convertedDefault(fallback);
            if (value.isPresent()) {
                return value;
            }
        }
        return Optional.empty();
    }

    private static <S, T> Optional<T> convertedDefault(Setting.Fallback<S, T> fallback) {
        return defaultOf(fallback.setting()).map(fallback.convert());
    }

    private void addExplicit(Setting<?> setting, List<DescribedSetting.Synonym> target) {
        for (Layer layer : layersFor(setting)) {
            String raw = layer.values().get(setting.name());
            if (raw != null) {
                target.add(new DescribedSetting.Synonym(setting.name(), shown(setting, raw), layer.source()));
            }
        }
        for (Setting.Fallback<?, ?> fallback : setting.fallbacks()) {
            addExplicit(fallback.setting(), target);
        }
    }

    private static <T> void addDefaults(Setting<T> setting, List<DescribedSetting.Synonym> target) {
        setting.defaultValue()
                .ifPresent(value -> target.add(new DescribedSetting.Synonym(
                        setting.name(), shown(setting, setting.format(value)), SettingSource.DEFAULT)));
        for (Setting.Fallback<?, T> fallback : setting.fallbacks()) {
            addDefaults(fallback.setting(), target);
        }
    }

    private static Optional<String> shown(Setting<?> setting, String raw) {
        return setting.isSensitive() ? Optional.empty() : Optional.of(raw);
    }

    private List<Layer> layersFor(Setting<?> setting) {
        if (setting.domain() == SettingDomain.BROKER) {
            return broker;
        }
        return setting.domain() == ownDomain ? own.map(List::of).orElse(List.of()) : List.of();
    }
}
