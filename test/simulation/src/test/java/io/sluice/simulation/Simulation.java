package io.sluice.simulation;

import io.sluice.base.Cancellable;
import io.sluice.log.MemoryDisk;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Simulated time and the one queue of all that will happen in it. Nothing runs outside of the queue, and what is in it
 * runs in one order that the seed decides, so a run can be repeated exactly.
 *
 * <p>Made for one run, used by one thread.
 */
final class Simulation {
    static final long MICROS = 1_000;
    static final long MILLIS = 1_000_000;
    static final long SECONDS = 1_000_000_000;

    /** More than any sound run needs; a run that comes here chases its own tail. */
    private static final long MOST_EVENTS = 20_000_000;

    private static final class Event {
        final long atNanos;
        final long order;
        final int owner;
        final String what;

        @Nullable
        Runnable task;

        Event(long atNanos, long order, int owner, String what, Runnable task) {
            this.atNanos = atNanos;
            this.order = order;
            this.owner = owner;
            this.what = what;
            this.task = task;
        }
    }

    private final PriorityQueue<Event> queue = new PriorityQueue<>(
            Comparator.comparingLong((Event event) -> event.atNanos).thenComparingLong(event -> event.order));
    private final Trace trace = new Trace();
    private final long seed;
    private final Chance pace;
    private Runnable afterEach = () -> {};
    private Consumer<String> defects = what -> {};
    private long nowNanos;
    private long order;
    private @Nullable SimLoop running;
    private int runningOwner;

    Simulation(long seed) {
        this.seed = seed;
        this.pace = new Chance(seed, "pace");
    }

    long seed() {
        return seed;
    }

    Trace trace() {
        return trace;
    }

    long nowNanos() {
        return nowNanos;
    }

    /** Chance for how long things take. */
    Chance pace() {
        return pace;
    }

    /** A source of chance for one purpose. */
    Chance chance(String purpose) {
        return new Chance(seed, purpose);
    }

    /** Called after every event. */
    void afterEach(Runnable check) {
        afterEach = check;
    }

    void say(String who, String what) {
        trace.say(nowNanos, who, what);
    }

    /** Has {@code task} run once so much time has passed; {@code owner} and {@code what} are for the trace. */
    Cancellable after(long delayNanos, int owner, String what, Runnable task) {
        Event event = new Event(nowNanos + Math.max(0, delayNanos), order++, owner, what, task);
        queue.add(event);
        return () -> event.task = null;
    }

    /** The loop whose task is running, if it is one that runs. */
    @Nullable
    SimLoop running() {
        return running;
    }

    /** Told when a broker logs that it caught an exception which nobody foresaw. */
    void onDefect(Consumer<String> listener) {
        defects = listener;
    }

    void defect(String what) {
        defects.accept(what);
    }

    /** Whose event is running, in words. */
    String where() {
        SimLoop loop = running;
        return loop != null ? loop.toString() : "worker of " + runningOwner;
    }

    void run(SimLoop loop, Runnable task) {
        running = loop;
        try {
            task.run();
        } finally {
            running = null;
        }
    }

    /** Runs event after event until {@code done} or until the time has come; says whether it is done. */
    boolean runUntil(long deadlineNanos, BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            Event next = queue.peek();
            if (next == null || next.atNanos > deadlineNanos) {
                nowNanos = Math.max(nowNanos, deadlineNanos);
                return done.getAsBoolean();
            }
            queue.poll();
            Runnable task = next.task;
            if (task != null) {
                nowNanos = next.atNanos;
                runningOwner = next.owner;
                trace.event(nowNanos, next.owner, next.what);
                if (trace.events() > MOST_EVENTS) {
                    throw new AssertionError("more than " + MOST_EVENTS + " events at " + Trace.seconds(nowNanos));
                }
                try {
                    task.run();
                } catch (MemoryDisk.PowerLoss end) {
                    // Cut short in a disk operation; the check sees to what follows.
                }
                afterEach.run();
            }
        }
        return true;
    }
}
