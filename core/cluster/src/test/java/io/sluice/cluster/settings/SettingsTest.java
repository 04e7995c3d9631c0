package io.sluice.cluster.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.ConfigResource;
import io.sluice.cluster.ImageEvent;
import io.sluice.cluster.ImageVersion;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    private final SettingLayers defaults = SettingLayers.ofStatic(Map.of()).withTopic(Map.of());

    @Test
    void everySettingIsDocumentedAndItsDefaultIsLegal() {
        Stream.of(TopicSettings.ALL, BrokerSettings.ALL, GroupSettings.ALL)
                .flatMap(registry -> registry.all().stream())
                .forEach(setting -> {
                    assertThat(setting.doc()).as(setting.name()).endsWith(".");
                    checkDefault(setting);
                });
    }

    private static <T> void checkDefault(Setting<T> setting) {
        setting.defaultValue().ifPresent(value -> assertThat(setting.parse(setting.format(value)))
                .as(setting.name())
                .isEqualTo(value));
    }

    @Test
    void everyTopicSettingHasAValueWithoutAnyConfiguration() {
        assertThat(TopicSettings.ALL.all())
                .allSatisfy(setting ->
                        assertThat(defaults.find(setting)).as(setting.name()).isPresent());
    }

    /** Defaults as Kafka 4.3 has them. */
    @ParameterizedTest
    @CsvSource({
        "cleanup.policy, delete",
        "compression.type, producer",
        "delete.retention.ms, 86400000",
        "file.delete.delay.ms, 60000",
        "flush.messages, 9223372036854775807",
        "flush.ms, 9223372036854775807",
        "index.interval.bytes, 4096",
        "max.compaction.lag.ms, 9223372036854775807",
        "max.message.bytes, 1048588",
        "message.timestamp.after.max.ms, 3600000",
        "message.timestamp.before.max.ms, 9223372036854775807",
        "message.timestamp.type, CreateTime",
        "min.cleanable.dirty.ratio, 0.5",
        "min.insync.replicas, 1",
        "retention.bytes, -1",
        "retention.ms, 604800000",
        "segment.bytes, 1073741824",
        "segment.index.bytes, 10485760",
        "segment.jitter.ms, 0",
        "segment.ms, 604800000",
        "unclean.leader.election.enable, false",
    })
    void topicDefaultsAreKafkas(String name, String value) {
        assertThat(defaults.describe(TopicSettings.ALL.get(name)).value()).contains(value);
    }

    @Test
    void strongerLayerWins() {
        Map<String, String> file = Map.of("log.retention.hours", "1");
        assertThat(SettingLayers.ofStatic(file).withTopic(Map.of()).get(TopicSettings.RETENTION_MS))
                .isEqualTo(3_600_000L);
        assertThat(layers(Map.of("log.retention.minutes", "2", "log.retention.hours", "1"), Map.of(), Map.of())
                        .get(TopicSettings.RETENTION_MS))
                .as("minutes before hours")
                .isEqualTo(120_000L);
        assertThat(layers(file, Map.of("log.retention.ms", "77"), Map.of()).get(TopicSettings.RETENTION_MS))
                .as("set for all brokers")
                .isEqualTo(77L);
        assertThat(layers(file, Map.of("log.retention.ms", "77"), Map.of("log.retention.ms", "88"))
                        .get(TopicSettings.RETENTION_MS))
                .as("set for this broker")
                .isEqualTo(88L);
        assertThat(layers(file, Map.of("log.retention.ms", "77"), Map.of())
                        .withTopic(Map.of("retention.ms", "99"))
                        .get(TopicSettings.RETENTION_MS))
                .as("set on the topic")
                .isEqualTo(99L);
        assertThat(SettingLayers.ofStatic(Map.of("log.retention.hours", "-1"))
                        .withTopic(Map.of())
                        .get(TopicSettings.RETENTION_MS))
                .as("for ever stays for ever")
                .isEqualTo(-1L);
    }

    @Test
    void settingOfTopicAndBrokerWithOneNameAreToldApart() {
        SettingLayers layers = SettingLayers.ofStatic(Map.of("compression.type", "gzip"))
                .withTopic(Map.of("compression.type", "zstd"));

        assertThat(layers.get(TopicSettings.COMPRESSION_TYPE)).isEqualTo("zstd");
        assertThat(layers.get(BrokerLogSettings.COMPRESSION_TYPE)).isEqualTo("gzip");
    }

    @Test
    void descriptionTellsSourceAndSynonymsStrongestFirst() {
        DescribedSetting described = layers(
                        Map.of("log.retention.hours", "1"), Map.of("log.retention.ms", "77"), Map.of())
                .withTopic(Map.of("retention.ms", "99"))
                .describe(TopicSettings.RETENTION_MS);

        assertThat(described.value()).contains("99");
        assertThat(described.source()).isEqualTo(SettingSource.TOPIC);
        assertThat(described.synonyms())
                .extracting(synonym -> synonym.source() + " " + synonym.name() + "="
                        + synonym.value().orElse(""))
                .containsExactly(
                        "TOPIC retention.ms=99",
                        "CLUSTER_DEFAULT log.retention.ms=77",
                        "STATIC log.retention.hours=1",
                        "DEFAULT log.retention.hours=168");
    }

    @Test
    void descriptionOfAnUnsetSettingTellsTheDefault() {
        DescribedSetting described = defaults.describe(TopicSettings.SEGMENT_BYTES);

        assertThat(described.source()).isEqualTo(SettingSource.DEFAULT);
        assertThat(described.synonyms())
                .containsExactly(new DescribedSetting.Synonym(
                        "log.segment.bytes", java.util.Optional.of("1073741824"), SettingSource.DEFAULT));
    }

    @ParameterizedTest
    @CsvSource({
        "retention.mss, retention.ms",
        "retentions.ms, retention.ms",
        "max.mesage.bytes, max.message.bytes",
        "CLEANUP.POLICY, ''",
        "x, ''",
    })
    void unknownNameIsRefusedWithTheNearest(String name, String nearest) {
        assertThatThrownBy(() -> TopicSettings.ALL.get(name))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(
                        "Unknown topic setting " + name + (nearest.isEmpty() ? "" : "; did you mean " + nearest + "?"));
    }

    @ParameterizedTest
    @CsvSource({
        "retention.ms, abc, is not a whole number of 64 bits",
        "retention.ms, -2, is less than -1",
        "max.message.bytes, 99999999999, is not a whole number of 32 bits",
        "min.cleanable.dirty.ratio, 1.5, is more than 1",
        "min.cleanable.dirty.ratio, NaN, is not a number",
        "cleanup.policy, shred, 'is not one of delete, compact'",
        "compression.type, brotli, 'is not one of producer, uncompressed'",
        "compression.gzip.level, 0, is less than 1 and not -1",
        "preallocate, yes, is not true or false",
        "preallocate, true, is not supported: segments grow as they are written",
        "local.retention.ms, 5, is not supported",
        "leader.replication.throttled.replicas, 1-2, is not a list of partition:broker pairs",
        "follower.replication.throttled.replicas, '*,0:1', 'write *, or pairs with commas between such as 0:1,0:2'",
        "follower.replication.throttled.replicas, none, 'write *, or pairs with commas between such as 0:1,0:2'",
    })
    void badValueIsRefusedWithTheReason(String name, String value, String reason) {
        assertThatThrownBy(() -> TopicSettings.ALL.get(name).parse(value))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("Invalid value for " + name)
                .hasMessageContaining(reason);
    }

    @Test
    void listsAreTakenApartAndPutTogether() {
        assertThat(Lists.split(" a, b,,c ")).containsExactly("a", "b", "c");
        assertThat(Lists.split("")).isEmpty();
        assertThat(Lists.append(List.of("a"), List.of("b", "a"))).containsExactly("a", "b");
        assertThat(Lists.subtract(List.of("a", "b"), List.of("a"))).containsExactly("b");
    }

    private static SettingLayers layers(
            Map<String, String> file, Map<String, String> clusterDefault, Map<String, String> broker) {
        ClusterImage image = ClusterImage.empty("c")
                .draft()
                .apply(new ImageEvent.ConfigsChanged(ConfigResource.CLUSTER_DEFAULT, clusterDefault))
                .apply(new ImageEvent.ConfigsChanged(ConfigResource.broker(1), broker))
                .seal(ImageVersion.NONE);
        return SettingLayers.ofBroker(1, file, image).withTopic(Map.of());
    }
}
