package io.sluice.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The idempotent producers of one partition (T1 to T4), in an open-addressing table by producer id. Owned by the log's
 * home loop; a rebuild fills one of its own on a worker and hands it over.
 */
final class ProducerStates {
    /** Answers of {@link #check} below 0; a row of the producer's ring from 0 on means a duplicate of that batch. */
    static final int NEXT = -1;

    static final int OUT_OF_ORDER = -2;
    static final int FENCED = -3;

    /**
     * Producers remembered, about 110 bytes each. Ids are free and clients may make them up: past this the ones that have
     * been silent for longest are forgotten, as if they had expired.
     */
    static final int MOST = 50_000;

    private static final int FORGOTTEN_AT_ONCE = MOST / 4;

    private static final int SMALLEST = 4;

    private @Nullable ProducerState[] table = new @Nullable ProducerState[SMALLEST];
    private int count;

    int count() {
        return count;
    }

    @Nullable
    ProducerState find(long producerId) {
        int mask = table.length - 1;
        for (int slot = slot(producerId, mask); ; slot = (slot + 1) & mask) {
            ProducerState state = table[slot];
            if (state == null || state.producerId == producerId) {
                return state;
            }
        }
    }

    /**
     * Whether a producer may append a batch now.
     *
     * @param state what is known of it; null accepts any sequence (T3)
     * @return {@link #NEXT}, {@link #OUT_OF_ORDER}, {@link #FENCED}, or the row of the batch that this one repeats
     */
    static int check(@Nullable ProducerState state, short epoch, int firstSequence, int lastSequence) {
        if (state == null) {
            return NEXT;
        }
        if (epoch < state.epoch) {
            return FENCED;
        }
        if (epoch > state.epoch) {
            return firstSequence == 0 ? NEXT : OUT_OF_ORDER;
        }
        int duplicate = state.find(firstSequence, lastSequence);
        if (duplicate >= 0) {
            return duplicate;
        }
        int last = state.lastSequence();
        int expected = last == ProducerState.NO_SEQUENCE ? 0 : ProducerState.sequenceAfter(last, 1);
        return firstSequence == expected ? NEXT : OUT_OF_ORDER;
    }

    /**
     * Notes the batch at {@code at} of a buffer, as appended or as found in the log.
     *
     * @param nowMs keeps the producer from expiring because its records are old
     */
    void apply(ByteBuffer buffer, int at, long nowMs) {
        long producerId = BatchHeader.producerId(buffer, at);
        if (producerId < 0) {
            return;
        }
        short epoch = BatchHeader.producerEpoch(buffer, at);
        ProducerState state = find(producerId);
        if (state == null) {
            if (count >= MOST) {
                forgetOldest();
            }
            state = new ProducerState(producerId, epoch);
            put(state);
        }
        long maxTimestamp = BatchHeader.maxTimestamp(buffer, at);
        // T4: transaction markers keep a producer alive, too.
        state.lastTimestampMs = Math.max(state.lastTimestampMs, Math.max(maxTimestamp, nowMs));
        long baseOffset = BatchHeader.baseOffset(buffer, at);
        if (BatchHeader.control(buffer, at)) {
            if (epoch > state.epoch) {
                state.newEpoch(epoch);
            }
            state.transactionStart = -1;
            return;
        }
        int firstSequence = BatchHeader.baseSequence(buffer, at);
        state.add(epoch, firstSequence, baseOffset, BatchHeader.lastOffset(buffer, at), maxTimestamp);
        if (BatchHeader.transactional(buffer, at) && state.transactionStart < 0) {
            state.transactionStart = baseOffset;
        }
    }

    void put(ProducerState state) {
        if ((count + 1) * 4 > table.length * 3) {
            resize(table.length * 2);
        }
        insert(state);
        count++;
    }

    /** Forgets producers that have not written for {@code expirationMs}, unless a transaction of theirs is open. */
    void expire(long nowMs, long expirationMs) {
        List<ProducerState> kept = new ArrayList<>(count);
        forEach(state -> {
            if (state.transactionStart >= 0 || nowMs - state.lastTimestampMs < expirationMs) {
                kept.add(state);
            }
        });
        if (kept.size() < count) {
            keep(kept);
        }
    }

    private void forgetOldest() {
        List<ProducerState> byAge = new ArrayList<>(count);
        List<ProducerState> kept = new ArrayList<>(count);
        forEach(state -> (state.transactionStart >= 0 ? kept : byAge).add(state));
        byAge.sort(Comparator.comparingLong(state -> state.lastTimestampMs));
        kept.addAll(byAge.subList(Math.min(FORGOTTEN_AT_ONCE, byAge.size()), byAge.size()));
        keep(kept);
    }

    private void keep(List<ProducerState> kept) {
        int capacity = SMALLEST;
        while (kept.size() * 4 > capacity * 3) {
            capacity *= 2;
        }
        table = new @Nullable ProducerState[capacity];
        count = kept.size();
        kept.forEach(this::insert);
    }

    void forEach(Consumer<ProducerState> consumer) {
        for (ProducerState state : table) {
            if (state != null) {
                consumer.accept(state);
            }
        }
    }

    List<ProducerSummary> summaries() {
        List<ProducerSummary> summaries = new ArrayList<>(count);
        forEach(state -> summaries.add(new ProducerSummary(
                state.producerId,
                state.epoch,
                state.lastSequence(),
                state.lastTimestampMs,
                state.coordinatorEpoch,
                state.transactionStart)));
        return summaries;
    }

    private void insert(ProducerState state) {
        int mask = table.length - 1;
        int slot = slot(state.producerId, mask);
        while (table[slot] != null) {
            slot = (slot + 1) & mask;
        }
        table[slot] = state;
    }

    private void resize(int capacity) {
        @Nullable ProducerState[] old = table;
        table = new @Nullable ProducerState[capacity];
        for (ProducerState state : old) {
            if (state != null) {
                insert(state);
            }
        }
    }

    private static int slot(long producerId, int mask) {
        return (int) ((producerId * 0x9E3779B97F4A7C15L) >>> 40) & mask;
    }
}
