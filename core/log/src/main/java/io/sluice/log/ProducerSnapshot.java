package io.sluice.log;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The state of a partition's producers as bytes.
 *
 * <pre>
 * magic (4) "SLPS" | version (4) = 1 | offset (8) | producers (4)
 * per producer: id (8) | epoch (2) | coordinator epoch (4) | last timestamp (8) | transaction start (8) | batches (1)
 *   per batch, oldest first: first sequence (4) | base offset (8) | last offset (8) | timestamp (8)
 * CRC-32C (4) of all before
 * </pre>
 *
 * @param offset the state is that before the record with this offset
 * @param states as decoded; whoever decodes owns it
 */
record ProducerSnapshot(long offset, ProducerStates states) {
    private static final int MAGIC = 0x534C5053;
    private static final int VERSION = 1;
    private static final int HEADER = 20;
    private static final int PRODUCER = 31;
    private static final int BATCH = 28;

    static ByteBuffer encode(ProducerStates states, long offset) {
        int[] bytes = {HEADER + 4};
        states.forEach(state -> bytes[0] += PRODUCER + state.count() * BATCH);
        ByteBuffer out = ByteBuffer.allocate(bytes[0]);
        out.putInt(MAGIC).putInt(VERSION).putLong(offset).putInt(states.count());
        states.forEach(state -> encode(state, out));
        return out.putInt(checksum(out, out.position())).flip();
    }

    private static void encode(ProducerState state, ByteBuffer out) {
        out.putLong(state.producerId).putShort(state.epoch).putInt(state.coordinatorEpoch);
        out.putLong(state.lastTimestampMs).putLong(state.transactionStart).put((byte) state.count());
        for (int i = 0; i < state.count(); i++) {
            int row = state.row(i);
            out.putInt(state.firstSequenceOf(row)).putLong(state.baseOffsetOf(row));
            out.putLong(state.lastOffsetOf(row)).putLong(state.timestampOf(row));
        }
    }

    /** Empty when the bytes are not a whole snapshot. */
    static Optional<ProducerSnapshot> decode(ByteBuffer in) {
        int end = in.limit() - 4;
        if (end < HEADER || in.getInt(0) != MAGIC || in.getInt(4) != VERSION || in.getInt(end) != checksum(in, end)) {
            return Optional.empty();
        }
        ByteBuffer body = in.duplicate().limit(end).position(8);
        long offset = body.getLong();
        int count = body.getInt();
        ProducerStates states = new ProducerStates();
        for (int i = 0; i < count; i++) {
            states.put(decodeState(body));
        }
        return Optional.of(new ProducerSnapshot(offset, states));
    }

    private static ProducerState decodeState(ByteBuffer in) {
        ProducerState state = new ProducerState(in.getLong(), in.getShort());
        state.coordinatorEpoch = in.getInt();
        state.lastTimestampMs = in.getLong();
        state.transactionStart = in.getLong();
        int batches = in.get();
        for (int i = 0; i < batches; i++) {
            state.add(state.epoch, in.getInt(), in.getLong(), in.getLong(), in.getLong());
        }
        return state;
    }

    private static int checksum(ByteBuffer bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().limit(length).position(0));
        return (int) crc.getValue();
    }
}
