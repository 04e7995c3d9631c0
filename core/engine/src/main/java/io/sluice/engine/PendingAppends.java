package io.sluice.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Appends of one partition that are not acknowledged yet, oldest first, in parallel arrays used as a ring: no object per
 * append. Grows with the requests in flight, which the connections bound. Owned by the partition's home loop.
 *
 * <p>Whoever appends says how long he waits, so the one that is overdue first may stand anywhere in the ring.
 */
final class PendingAppends {
    /** The deadline of what waits for as long as it takes. */
    static final long NEVER = Long.MAX_VALUE;

    private static final int FIRST_CAPACITY = 16;

    private @Nullable AppendListener[] listeners = new AppendListener[FIRST_CAPACITY];
    private long[] baseOffsets = new long[FIRST_CAPACITY];
    private long[] endOffsets = new long[FIRST_CAPACITY];
    private long[] appendTimes = new long[FIRST_CAPACITY];
    private long[] deadlines = new long[FIRST_CAPACITY];
    private int head;
    private int size;

    /** @param deadlineMs monotonic, or {@link #NEVER} */
    void add(AppendListener listener, long baseOffset, long endOffset, long appendTimeMs, long deadlineMs) {
        if (size == listeners.length) {
            grow();
        }
        int at = (head + size) & (listeners.length - 1);
        listeners[at] = listener;
        baseOffsets[at] = baseOffset;
        endOffsets[at] = endOffset;
        appendTimes[at] = appendTimeMs;
        deadlines[at] = deadlineMs;
        size++;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Acknowledges everything that ends at or before {@code offset}. */
    void acknowledgeUpTo(long offset, long logStartOffset) {
        while (size > 0 && endOffsets[head] <= offset) {
            int at = head;
            AppendListener listener = take();
            listener.appended(baseOffsets[at], appendTimes[at], logStartOffset);
        }
    }

    /** Refuses what ends beyond {@code offset}, the newest first; what ends before goes on waiting. */
    void refuseBeyond(long offset, AppendError error, String message) {
        int last = (head + size - 1) & (listeners.length - 1);
        while (size > 0 && endOffsets[last] > offset) {
            AppendListener listener = listeners[last];
            listeners[last] = null;
            size--;
            last = (last - 1) & (listeners.length - 1);
            if (listener != null) {
                listener.refused(error, message);
            }
        }
    }

    void refuseAll(AppendError error, String message) {
        while (size > 0) {
            take().refused(error, message);
        }
    }

    /** The earliest deadline of all, {@link #NEVER} when there is none. */
    long firstDeadlineMs() {
        long first = NEVER;
        for (int i = 0; i < size; i++) {
            first = Math.min(first, deadlines[(head + i) & (listeners.length - 1)]);
        }
        return first;
    }

    /** Refuses what was to be acknowledged by {@code nowMs}; the rest goes on waiting, in its order. */
    void refuseOverdue(long nowMs, AppendError error, String message) {
        List<AppendListener> overdue = new ArrayList<>();
        int kept = 0;
        for (int i = 0; i < size; i++) {
            int from = (head + i) & (listeners.length - 1);
            AppendListener listener = listenerAt(from);
            listeners[from] = null;
            if (deadlines[from] <= nowMs) {
                overdue.add(listener);
            } else {
                move(from, (head + kept++) & (listeners.length - 1), listener);
            }
        }
        size = kept;
        overdue.forEach(listener -> listener.refused(error, message)); // which may append anew
    }

    private void move(int from, int to, AppendListener listener) {
        listeners[to] = listener;
        baseOffsets[to] = baseOffsets[from];
        endOffsets[to] = endOffsets[from];
        appendTimes[to] = appendTimes[from];
        deadlines[to] = deadlines[from];
    }

    private AppendListener listenerAt(int at) {
        AppendListener listener = listeners[at];
        if (listener == null) {
            throw new IllegalStateException("an append was pending without a listener");
        }
        return listener;
    }

    private AppendListener take() {
        AppendListener listener = listenerAt(head);
        listeners[head] = null;
        head = (head + 1) & (listeners.length - 1);
        size--;
        return listener;
    }

    private void grow() {
        int capacity = listeners.length;
        listeners = rotate(listeners, Arrays.copyOf(listeners, capacity * 2), capacity);
        baseOffsets = rotate(baseOffsets, new long[capacity * 2], capacity);
        endOffsets = rotate(endOffsets, new long[capacity * 2], capacity);
        appendTimes = rotate(appendTimes, new long[capacity * 2], capacity);
        deadlines = rotate(deadlines, new long[capacity * 2], capacity);
        head = 0;
    }

    @SuppressWarnings("SuspiciousSystemArraycopy") // both are arrays of the same kind
    private <A> A rotate(A from, A to, int capacity) {
        System.arraycopy(from, head, to, 0, capacity - head);
        System.arraycopy(from, 0, to, capacity - head, head);
        return to;
    }
}
