package io.sluice.base;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A loop that the test drives by hand: nothing runs until {@link #runAll} or {@link #advanceMs}. */
public final class ManualLoop implements Loop, Workers {
    private record Timed(long atNanos, long order, Runnable task) {}

    private final ManualClock clock;
    private final int index;
    private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
    private final PriorityQueue<Timed> timed =
            new PriorityQueue<>(Comparator.comparingLong(Timed::atNanos).thenComparingLong(Timed::order));
    private long order;
    private boolean elsewhere;

    public ManualLoop() {
        this(new ManualClock(), 0);
    }

    public ManualLoop(ManualClock clock, int index) {
        this.clock = clock;
        this.index = index;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public boolean inLoop() {
        return !elsewhere;
    }

    /** Runs {@code task} as another thread would: what it gives to this loop waits there. */
    public void elsewhere(Runnable task) {
        elsewhere = true;
        task.run();
        elsewhere = false;
    }

    @Override
    public void execute(Runnable task) {
        ready.add(task);
    }

    @Override
    public Cancellable schedule(long delayMs, Runnable task) {
        Timed entry = new Timed(clock.nanoTime() + delayMs * 1_000_000L, order++, task);
        timed.add(entry);
        return () -> timed.remove(entry);
    }

    @Override
    public ManualClock clock() {
        return clock;
    }

    /** Runs what is ready, and what that makes ready, until nothing is. */
    public void runAll() {
        for (Runnable task = ready.poll(); task != null; task = ready.poll()) {
            task.run();
        }
    }

    /** Moves time forward step by step, running each timer at its moment. */
    public void advanceMs(long ms) {
        long end = clock.nanoTime() + ms * 1_000_000L;
        runAll();
        while (!timed.isEmpty() && timed.peek().atNanos() <= end) {
            Timed next = timed.poll();
            clock.advanceMs(Math.max(0, (next.atNanos() - clock.nanoTime()) / 1_000_000L));
            next.task().run();
            runAll();
        }
        clock.advanceMs((end - clock.nanoTime()) / 1_000_000L);
    }
}
