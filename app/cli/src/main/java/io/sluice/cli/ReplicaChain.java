package io.sluice.cli;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.common.record.internal.MutableRecordBatch;

/**
 * Reads one replica batch by batch and hashes each together with the hash before it, so that two replicas with the same
 * hash have the same bytes at the same offsets from the start on.
 */
final class ReplicaChain {
    private final ReplicaSource source;
    private final MessageDigest digest;
    private Iterator<? extends MutableRecordBatch> piece =
            List.<MutableRecordBatch>of().iterator();
    private byte[] hash = new byte[0];
    private long next;

    ReplicaChain(ReplicaSource source, long from) {
        this.source = source;
        this.next = from;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Takes the next batch into the hash; false at the end of the replica's log or at {@code limit}. */
    boolean advance(long limit) throws ReplicaUnreadableException {
        if (next >= limit) {
            return false;
        }
        if (!piece.hasNext()) {
            piece = source.read(next).records().batches().iterator();
        }
        while (piece.hasNext()) {
            MutableRecordBatch batch = piece.next();
            if (batch.lastOffset() >= next) {
                take(batch);
                return true;
            }
        }
        return false;
    }

    private void take(MutableRecordBatch batch) {
        ByteBuffer bytes = ByteBuffer.allocate(batch.sizeInBytes());
        batch.writeTo(bytes);
        digest.update(hash);
        digest.update(bytes.flip());
        hash = digest.digest();
        next = batch.lastOffset() + 1;
    }

    /** The offset after the last batch taken. */
    long next() {
        return next;
    }

    /** Of all batches taken, in hexadecimal digits; empty when there are none. */
    String hash() {
        return HexFormat.of().formatHex(hash);
    }

    boolean sameAs(ReplicaChain other) {
        return next == other.next && MessageDigest.isEqual(hash, other.hash);
    }
}
