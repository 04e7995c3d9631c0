package io.sluice.log;

/**
 * What a topic asks of the batches that producers send to it.
 *
 * @param maxMessageBytes {@code max.message.bytes}: largest batch, header and compressed records together
 * @param timestampType {@code message.timestamp.type}
 * @param timestampBeforeMaxMs {@code message.timestamp.before.max.ms}: how far a timestamp may lie in the past
 * @param timestampAfterMaxMs {@code message.timestamp.after.max.ms}: how far it may lie in the future
 * @param compression {@code compression.type}
 * @param keysRequired whether each record needs a key (compacted topics)
 */
public record BatchRules(
        int maxMessageBytes,
        TimestampType timestampType,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        CompressionRule compression,
        boolean keysRequired) {
    /** Kafka's defaults. */
    public static final BatchRules DEFAULTS = new BatchRules(
            1024 * 1024 + 12, TimestampType.CREATE_TIME, Long.MAX_VALUE, 3_600_000, CompressionRule.AS_SENT, false);
}
