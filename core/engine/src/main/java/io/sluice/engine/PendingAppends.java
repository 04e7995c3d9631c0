package io.sluice.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Appends of one partition that are not acknowledged yet, oldest first, in parallel arrays used as a ring: no object per
 * append. Grows with the requests in flight, which the connections bound. Owned by the partition's home loop.
 */
final class PendingAppends {
    private static final int FIRST_CAPACITY = 16;

    private @Nullable AppendListener[] listeners = new AppendListener[FIRST_CAPACITY];
    private long[] baseOffsets = new long[FIRST_CAPACITY];
    private long[] endOffsets = new long[FIRST_CAPACITY];
    private long[] appendTimes = new long[FIRST_CAPACITY];
    private int head;
    private int size;

    void add(AppendListener listener, long baseOffset, long endOffset, long appendTimeMs) {
        if (size == listeners.length) {
            grow();
        }
        int at = (head + size) & (listeners.length - 1);
        listeners[at] = listener;
        baseOffsets[at] = baseOffset;
        endOffsets[at] = endOffset;
        appendTimes[at] = appendTimeMs;
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

    private AppendListener take() {
        AppendListener listener = listeners[head];
        if (listener == null) {
            throw new IllegalStateException("an append was pending without a listener");
        }
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
        head = 0;
    }

    @SuppressWarnings("SuspiciousSystemArraycopy") // both are arrays of the same kind
    private <A> A rotate(A from, A to, int capacity) {
        System.arraycopy(from, head, to, 0, capacity - head);
        System.arraycopy(from, 0, to, capacity - head, head);
        return to;
    }
}
