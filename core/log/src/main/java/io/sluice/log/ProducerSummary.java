package io.sluice.log;

/**
 * An idempotent producer as one partition knows it.
 *
 * @param lastSequence sequence number of its last record, -1 when unknown
 * @param lastTimestampMs when it last wrote
 * @param coordinatorEpoch of its last transaction marker, -1 when there was none
 * @param transactionStartOffset first offset of its open transaction, -1 when there is none
 */
public record ProducerSummary(
        long producerId,
        short producerEpoch,
        int lastSequence,
        long lastTimestampMs,
        int coordinatorEpoch,
        long transactionStartOffset) {}
