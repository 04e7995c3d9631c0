package io.sluice.cluster;

import io.sluice.cluster.settings.BrokerLogSettings;
import io.sluice.cluster.settings.BrokerSettings;
import io.sluice.cluster.settings.Change;
import io.sluice.cluster.settings.GroupSettings;
import io.sluice.cluster.settings.InvalidSettingException;
import io.sluice.cluster.settings.KafkaOnlySettings;
import io.sluice.cluster.settings.Lists;
import io.sluice.cluster.settings.Setting;
import io.sluice.cluster.settings.SettingLayers;
import io.sluice.cluster.settings.SettingRegistry;
import io.sluice.cluster.settings.SettingType;
import io.sluice.cluster.settings.TopicSettings;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Decides about changes of settings: a pure function from the image so far and a request to a plan or a refusal. */
final class ConfigPlanner {
    private final int maxNodeBytes;

    ConfigPlanner(int maxNodeBytes) {
        this.maxNodeBytes = maxNodeBytes;
    }

    /** @param layers what holds for the resource now, for the items that a list setting starts from */
    Outcome<Plan<Map<String, String>>> edit(
            ImageDraft draft, SettingLayers layers, ConfigResource resource, List<ConfigEdit> edits) {
        Optional<Outcome<Plan<Map<String, String>>>> unknown = refuseUnknown(draft, resource);
        if (unknown.isPresent()) {
            return unknown.get();
        }
        Map<String, String> configs = new TreeMap<>(draft.configs(resource));
        Set<String> seen = new HashSet<>();
        try {
            for (ConfigEdit edit : edits) {
                if (!seen.add(edit.name())) {
                    return Outcome.refused(
                            Refusal.INVALID_REQUEST, "Setting " + edit.name() + " of " + resource + " is edited twice");
                }
                apply(layers, resource, configs, edit);
            }
        } catch (InvalidSettingException e) {
            return invalid(resource, e);
        }
        return replaceChecked(draft, layers, resource, configs);
    }

    Outcome<Plan<Map<String, String>>> replace(
            ImageDraft draft, SettingLayers layers, ConfigResource resource, Map<String, String> configs) {
        Optional<Outcome<Plan<Map<String, String>>>> unknown = refuseUnknown(draft, resource);
        if (unknown.isPresent()) {
            return unknown.get();
        }
        try {
            for (String name : configs.keySet()) {
                alterable(registryOf(resource).get(name), resource);
            }
        } catch (InvalidSettingException e) {
            return invalid(resource, e);
        }
        Map<String, String> stripped = new TreeMap<>();
        configs.forEach((name, value) -> stripped.put(name, value.strip()));
        return replaceChecked(draft, layers, resource, stripped);
    }

    private static void apply(
            SettingLayers layers, ConfigResource resource, Map<String, String> configs, ConfigEdit edit) {
        if (edit.kind() == ConfigEdit.Kind.DELETE) {
            // Whatever is stored may be taken away, even a setting that this version no longer knows.
            if (configs.remove(edit.name()) == null && !isOfKafkaOnly(resource, edit.name())) {
                registryOf(resource).get(edit.name());
            }
            return;
        }
        Setting<?> setting = registryOf(resource).get(edit.name());
        alterable(setting, resource);
        if (edit.kind() == ConfigEdit.Kind.SET) {
            configs.put(edit.name(), edit.value().strip());
            return;
        }
        if (setting.type() != SettingType.LIST) {
            throw new InvalidSettingException(
                    edit.name(), edit.name() + " is not a list, so nothing can be added to it or taken from it");
        }
        String stored = configs.get(edit.name());
        List<String> before = Lists.split(stored != null ? stored : current(layers, setting));
        List<String> items = Lists.split(edit.value());
        List<String> after =
                edit.kind() == ConfigEdit.Kind.APPEND ? Lists.append(before, items) : Lists.subtract(before, items);
        configs.put(edit.name(), String.join(",", after));
    }

    /** Kafka's tool for reassignments takes its throttles from all brokers, whether they were set or not. */
    private static boolean isOfKafkaOnly(ConfigResource resource, String name) {
        return resource.type() == ConfigResource.Type.BROKER
                && KafkaOnlySettings.whyPassedOver(name, "").isPresent();
    }

    private static <T> String current(SettingLayers layers, Setting<T> setting) {
        return layers.find(setting).map(setting::format).orElse("");
    }

    private static void alterable(Setting<?> setting, ConfigResource resource) {
        if (resource.type() == ConfigResource.Type.BROKER
                && !resource.isClusterDefault()
                && setting == BrokerLogSettings.MIN_INSYNC_REPLICAS) {
            // Leaders hold the high watermark by it and the controller knows the eligible by that (KIP-966).
            throw new InvalidSettingException(
                    setting.name(),
                    setting.name() + " must be the same on all brokers; set it on a topic or as the cluster's default");
        }
        if (resource.type() == ConfigResource.Type.BROKER && setting.change() == Change.READ_ONLY) {
            throw new InvalidSettingException(
                    setting.name(),
                    setting.name() + " can't be altered while the broker runs; set it in its file and restart it");
        }
    }

    private Outcome<Plan<Map<String, String>>> replaceChecked(
            ImageDraft draft, SettingLayers layers, ConfigResource resource, Map<String, String> configs) {
        try {
            if (resource.type() == ConfigResource.Type.TOPIC) {
                TopicRules.check(configs);
            } else {
                registryOf(resource).check(configs);
                GroupRules.check(layers, resource, configs);
            }
        } catch (InvalidSettingException e) {
            return invalid(resource, e);
        }
        Plan<Map<String, String>> plan = resource.type() == ConfigResource.Type.TOPIC
                ? planTopic(draft.topic(resource.name()).orElseThrow(), configs)
                : planNode(draft.configs(resource), resource, configs);
        int bytes = plan.requestBytes();
        if (bytes > maxNodeBytes) {
            return Outcome.refused(
                    Refusal.INVALID_CONFIG,
                    "The settings of " + resource + " need " + bytes + " bytes in the coordination store, which takes "
                            + maxNodeBytes + " at once");
        }
        return Outcome.done(plan);
    }

    private static Plan<Map<String, String>> planTopic(TopicImage topic, Map<String, String> configs) {
        TopicImage changed = new TopicImage(topic.id(), topic.name(), configs, topic.partitions());
        return new Plan<>(
                List.of(new StoreOp.SetData(
                        StorePaths.topic(topic.id()), NodeCodec.topic(changed), StoreOp.ANY_VERSION)),
                List.of(new ImageEvent.TopicChanged(changed)),
                changed.configs());
    }

    /** A node is there exactly while something is set. */
    private static Plan<Map<String, String>> planNode(
            Map<String, String> before, ConfigResource resource, Map<String, String> configs) {
        String path = StorePaths.config(resource);
        List<StoreOp> ops;
        if (configs.isEmpty()) {
            ops = before.isEmpty() ? List.of() : List.of(new StoreOp.Delete(path, StoreOp.ANY_VERSION));
        } else if (before.isEmpty()) {
            ops = List.of(new StoreOp.Create(path, NodeCodec.configs(configs), false));
        } else {
            ops = List.of(new StoreOp.SetData(path, NodeCodec.configs(configs), StoreOp.ANY_VERSION));
        }
        return new Plan<>(ops, List.of(new ImageEvent.ConfigsChanged(resource, configs)), Map.copyOf(configs));
    }

    private static Optional<Outcome<Plan<Map<String, String>>>> refuseUnknown(
            ImageDraft draft, ConfigResource resource) {
        return switch (resource.type()) {
            case TOPIC ->
                draft.topic(resource.name()).isPresent()
                        ? Optional.empty()
                        : Optional.of(Outcome.refused(
                                Refusal.UNKNOWN_TOPIC, "Topic '" + resource.name() + "' does not exist"));
            case BROKER ->
                resource.isClusterDefault() || isBrokerId(resource.name())
                        ? Optional.empty()
                        : Optional.of(Outcome.refused(
                                Refusal.INVALID_REQUEST, "'" + resource.name() + "' is not the id of a broker"));
            case GROUP ->
                resource.name().isEmpty()
                        ? Optional.of(Outcome.refused(Refusal.INVALID_REQUEST, "The group's name is empty"))
                        : Optional.empty();
        };
    }

    /** As a broker's id is written: no sign, no leading zero, so that one broker has one node. */
    private static boolean isBrokerId(String name) {
        try {
            int id = Integer.parseInt(name);
            return id >= 0 && Integer.toString(id).equals(name);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static SettingRegistry registryOf(ConfigResource resource) {
        return switch (resource.type()) {
            case TOPIC -> TopicSettings.ALL;
            case BROKER -> BrokerSettings.ALL;
            case GROUP -> GroupSettings.ALL;
        };
    }

    private static Outcome<Plan<Map<String, String>>> invalid(ConfigResource resource, InvalidSettingException e) {
        return Outcome.refused(Refusal.INVALID_CONFIG, "For " + resource + ": " + e.getMessage());
    }
}
