package io.sluice.kafka.handler;

import io.sluice.cluster.settings.DescribedSetting;
import io.sluice.cluster.settings.Setting;
import io.sluice.cluster.settings.SettingLayers;
import io.sluice.cluster.settings.SettingSource;
import io.sluice.cluster.settings.SettingType;
import io.sluice.cluster.settings.TopicSettings;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResourceResult;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsSynonym;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigSource;
import org.apache.kafka.common.requests.DescribeConfigsResponse.ConfigType;

/** Settings as Kafka's admin messages tell them. */
final class ConfigEntries {
    private ConfigEntries() {}

    /** All settings of a topic, as CreateTopics answers with them. */
    static List<CreatableTopicConfigs> ofNewTopic(SettingLayers topic) {
        List<CreatableTopicConfigs> entries = new ArrayList<>();
        for (Setting<?> setting : TopicSettings.ALL.all()) {
            DescribedSetting described = topic.describe(setting);
            entries.add(new CreatableTopicConfigs()
                    .setName(setting.name())
                    .setValue(described.value().orElse(null))
                    .setReadOnly(described.readOnly())
                    .setConfigSource(source(described.source()).id())
                    .setIsSensitive(setting.isSensitive()));
        }
        return entries;
    }

    static DescribeConfigsResourceResult of(DescribedSetting described, boolean synonyms, boolean documentation) {
        Setting<?> setting = described.setting();
        DescribeConfigsResourceResult entry = new DescribeConfigsResourceResult()
                .setName(setting.name())
                .setValue(described.value().orElse(null))
                .setReadOnly(described.readOnly())
                .setConfigSource(source(described.source()).id())
                .setIsSensitive(setting.isSensitive())
                .setConfigType(type(setting.type()).id())
                .setDocumentation(documentation ? documentation(setting) : null);
        if (synonyms) {
            for (DescribedSetting.Synonym synonym : described.synonyms()) {
                entry.synonyms()
                        .add(new DescribeConfigsSynonym()
                                .setName(synonym.name())
                                .setValue(synonym.value().orElse(null))
                                .setSource(source(synonym.source()).id()));
            }
        }
        return entry;
    }

    private static String documentation(Setting<?> setting) {
        String values = setting.validValues();
        return values.isEmpty() ? setting.doc() : setting.doc() + " Valid: " + values + ".";
    }

    private static ConfigSource source(SettingSource source) {
        return switch (source) {
            case TOPIC -> ConfigSource.TOPIC_CONFIG;
            case GROUP -> ConfigSource.GROUP_CONFIG;
            case BROKER -> ConfigSource.DYNAMIC_BROKER_CONFIG;
            case CLUSTER_DEFAULT -> ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG;
            case STATIC -> ConfigSource.STATIC_BROKER_CONFIG;
            case DEFAULT -> ConfigSource.DEFAULT_CONFIG;
        };
    }

    private static ConfigType type(SettingType type) {
        return switch (type) {
            case BOOLEAN -> ConfigType.BOOLEAN;
            case STRING -> ConfigType.STRING;
            case INT -> ConfigType.INT;
            case LONG -> ConfigType.LONG;
            case DOUBLE -> ConfigType.DOUBLE;
            case LIST -> ConfigType.LIST;
            case PASSWORD -> ConfigType.PASSWORD;
        };
    }
}
