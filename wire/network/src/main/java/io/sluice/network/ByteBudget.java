package io.sluice.network;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A number of bytes that all connections share. Who finds it used up waits and is woken when bytes come back, so that
 * clients feel back-pressure instead of errors. Clients that hold bytes and do not move would make all others wait: while
 * somebody waits, {@link #relieve} ends the connections of those that hold most and hardly move. Safe from any thread.
 */
final class ByteBudget {
    private static final long LOOK_EVERY_NANOS = 500_000_000L;
    /** Who moves at least this much between two looks is slow at most, not stuck. */
    private static final long MOVING_BYTES = 32 * 1024;
    /** A connection that holds bytes for a client which may have stopped. Asked from any thread. */
    interface Holder {
        long heldBytes();

        /** Bytes moved since the connection began; never shrinks. */
        long movedBytes();

        /** Ends the connection, soon. */
        void evict();
    }

    private record Waiter(long bytes, Runnable wake) {}

    private record Stuck(Holder holder, long heldBytes) {}

    private static final Long NOT_SEEN = -1L;

    private final long limitBytes;
    private final long reliefBytes;
    private final AtomicLong usedBytes = new AtomicLong();
    /** Each connection waits at most once, so the queue is bounded by the connection limit. */
    private final ConcurrentLinkedQueue<Waiter> waiting = new ConcurrentLinkedQueue<>();
    /** With what each had moved at the last look; bounded by the connection limit. */
    private final Map<Holder, Long> holders = new ConcurrentHashMap<>();

    private final AtomicLong lastLookNanos = new AtomicLong(Long.MIN_VALUE / 2);

    /** @param reliefBytes one look ends connections until this much has come back */
    ByteBudget(long limitBytes, long reliefBytes) {
        this.limitBytes = limitBytes;
        this.reliefBytes = reliefBytes;
    }

    long limitBytes() {
        return limitBytes;
    }

    boolean exhausted() {
        return usedBytes.get() >= limitBytes;
    }

    /** Takes bytes that are in use already, whether there is room or not. */
    void take(long bytes) {
        usedBytes.addAndGet(bytes);
    }

    /** Takes bytes where there is room for all of them. */
    boolean tryTake(long bytes) {
        long used = usedBytes.get();
        while (used + bytes <= limitBytes) {
            if (usedBytes.compareAndSet(used, used + bytes)) {
                return true;
            }
            used = usedBytes.get();
        }
        return false;
    }

    void giveBack(long bytes) {
        if (usedBytes.addAndGet(-bytes) < limitBytes) {
            wakeThoseWhoFit();
        }
    }

    /** Calls {@code wake} once there may be room; {@code wake} must hand over to its own loop. First come, first served. */
    void whenRoomFor(long bytes, Runnable wake) {
        waiting.add(new Waiter(bytes, wake));
        wakeThoseWhoFit(); // what came back between the caller's look and now woke nobody
    }

    private void wakeThoseWhoFit() {
        long room = limitBytes - usedBytes.get();
        for (Waiter next = waiting.peek(); next != null && next.bytes() <= room; next = waiting.peek()) {
            if (waiting.remove(next)) {
                room -= next.bytes();
                next.wake().run();
            }
        }
    }

    void add(Holder holder) {
        holders.putIfAbsent(holder, NOT_SEEN);
    }

    void remove(Holder holder) {
        holders.remove(holder);
    }

    /** Called again and again by those who wait. Whoever has held bytes since the last look and hardly moved may go. */
    void relieve(long nowNanos) {
        long last = lastLookNanos.get();
        if (nowNanos - last < LOOK_EVERY_NANOS || !lastLookNanos.compareAndSet(last, nowNanos)) {
            return;
        }
        List<Stuck> stuck = new ArrayList<>();
        holders.forEach((holder, before) -> {
            long moved = holder.movedBytes();
            holders.replace(holder, before, moved);
            if (!before.equals(NOT_SEEN) && moved - before < MOVING_BYTES) {
                stuck.add(new Stuck(holder, holder.heldBytes()));
            }
        });
        stuck.sort(Comparator.comparingLong(Stuck::heldBytes).reversed());
        long relief = 0;
        for (Stuck each : stuck) {
            if (relief >= reliefBytes) {
                return;
            }
            relief += each.heldBytes();
            holders.remove(each.holder());
            each.holder().evict();
        }
    }
}
