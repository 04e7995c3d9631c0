package io.sluice.engine;

import io.sluice.cluster.settings.SettingLayers;
import io.sluice.cluster.settings.TopicSettings;
import io.sluice.log.BatchRules;
import io.sluice.log.Codec;
import io.sluice.log.CompressionRule;
import io.sluice.log.LogConfig;
import io.sluice.log.TimestampType;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** Turns the settings that hold for a topic into what its partitions work with. Stateless. */
final class PartitionConfigs {
    private PartitionConfigs() {}

    static PartitionConfig of(SettingLayers settings, boolean internal, int brokerId) {
        List<String> policy = settings.get(TopicSettings.CLEANUP_POLICY);
        boolean compact = policy.contains("compact");
        LogConfig log = new LogConfig(
                new LogConfig.Roll(
                        settings.get(TopicSettings.SEGMENT_BYTES),
                        settings.get(TopicSettings.SEGMENT_MS),
                        settings.get(TopicSettings.SEGMENT_JITTER_MS),
                        settings.get(TopicSettings.INDEX_INTERVAL_BYTES)),
                new LogConfig.Retention(
                        policy.contains("delete"),
                        compact,
                        settings.get(TopicSettings.RETENTION_BYTES),
                        settings.get(TopicSettings.RETENTION_MS),
                        settings.get(TopicSettings.FILE_DELETE_DELAY_MS)),
                new LogConfig.Flush(settings.get(TopicSettings.FLUSH_MESSAGES), settings.get(TopicSettings.FLUSH_MS)),
                internal);
        BatchRules rules = new BatchRules(
                settings.get(TopicSettings.MAX_MESSAGE_BYTES),
                "LogAppendTime".equals(settings.get(TopicSettings.MESSAGE_TIMESTAMP_TYPE))
                        ? TimestampType.LOG_APPEND_TIME
                        : TimestampType.CREATE_TIME,
                settings.get(TopicSettings.MESSAGE_TIMESTAMP_BEFORE_MAX_MS),
                settings.get(TopicSettings.MESSAGE_TIMESTAMP_AFTER_MAX_MS),
                compression(settings),
                compact);
        ThrottledPartitions throttled = ThrottledPartitions.of(
                settings.get(TopicSettings.LEADER_REPLICATION_THROTTLED_REPLICAS),
                settings.get(TopicSettings.FOLLOWER_REPLICATION_THROTTLED_REPLICAS),
                brokerId);
        return new PartitionConfig(log, rules, settings.get(TopicSettings.MIN_INSYNC_REPLICAS), throttled);
    }

    private static CompressionRule compression(SettingLayers settings) {
        String type = settings.get(TopicSettings.COMPRESSION_TYPE);
        return switch (type) {
            case "producer" -> CompressionRule.AS_SENT;
            case "uncompressed" -> new CompressionRule.Recompress(Codec.NONE, OptionalInt.empty());
            case "gzip" -> level(Codec.GZIP, settings.get(TopicSettings.COMPRESSION_GZIP_LEVEL));
            case "lz4" -> level(Codec.LZ4, settings.get(TopicSettings.COMPRESSION_LZ4_LEVEL));
            case "zstd" -> level(Codec.ZSTD, settings.get(TopicSettings.COMPRESSION_ZSTD_LEVEL));
            default ->
                new CompressionRule.Recompress(Codec.valueOf(type.toUpperCase(Locale.ROOT)), OptionalInt.empty());
        };
    }

    private static CompressionRule level(Codec codec, int level) {
        return new CompressionRule.Recompress(codec, OptionalInt.of(level));
    }
}
