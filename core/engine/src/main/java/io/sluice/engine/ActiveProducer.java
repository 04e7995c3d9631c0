package io.sluice.engine;

/**
 * An idempotent producer that a partition remembers.
 *
 * @param lastSequence sequence number of its last record, -1 when unknown
 * @param lastTimestampMs of its last record
 * @param coordinatorEpoch of its last transaction marker, -1 when there was none
 * @param transactionStartOffset first offset of its open transaction, -1 when there is none
 */
public record ActiveProducer(
        long producerId,
        short producerEpoch,
        int lastSequence,
        long lastTimestampMs,
        int coordinatorEpoch,
        long transactionStartOffset) {}
