package io.sluice.engine.group;

import io.sluice.base.Cancellable;
import io.sluice.base.Loop;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A shard's alarms on its home loop. An alarm that is pushed back, as every heartbeat does, only notes its new time: the
 * loop's own timer runs at the old one, sees that it came early and sets itself again.
 */
final class LoopTimers implements Timers {
    private static final class Alarm {
        private long atNanos;
        private long armedNanos;
        private Consumer<Step> action;
        private Cancellable armed = () -> {};

        Alarm(long atNanos, Consumer<Step> action) {
            this.atNanos = atNanos;
            this.action = action;
        }
    }

    private final Loop loop;
    private final Consumer<Consumer<Step>> runStep;
    private final Map<Key, Alarm> alarms = new HashMap<>();

    LoopTimers(Loop loop, Consumer<Consumer<Step>> runStep) {
        this.loop = loop;
        this.runStep = runStep;
    }

    @Override
    public void schedule(Key key, long delayMs, Consumer<Step> action) {
        long atNanos = loop.clock().nanoTime() + Math.max(0, delayMs) * 1_000_000L;
        Alarm alarm = alarms.get(key);
        if (alarm == null) {
            alarm = new Alarm(atNanos, action);
            alarms.put(key, alarm);
            arm(key, alarm);
            return;
        }
        alarm.atNanos = atNanos;
        alarm.action = action;
        if (atNanos - alarm.armedNanos < 0) {
            alarm.armed.cancel();
            arm(key, alarm);
        }
    }

    @Override
    public void cancel(Key key) {
        Alarm alarm = alarms.remove(key);
        if (alarm != null) {
            alarm.armed.cancel();
        }
    }

    /** Ends all alarms: the shard is being dropped. */
    void cancelAll() {
        alarms.values().forEach(alarm -> alarm.armed.cancel());
        alarms.clear();
    }

    private void arm(Key key, Alarm alarm) {
        alarm.armedNanos = alarm.atNanos;
        long delayNanos = Math.max(0, alarm.atNanos - loop.clock().nanoTime());
        // Rounded up: an alarm may come late, never early.
        alarm.armed = loop.schedule((delayNanos + 999_999) / 1_000_000, () -> ring(key, alarm));
    }

    private void ring(Key key, Alarm alarm) {
        if (alarms.get(key) != alarm) {
            return;
        }
        if (alarm.atNanos - loop.clock().nanoTime() > 0) {
            arm(key, alarm);
            return;
        }
        alarms.remove(key);
        runStep.accept(alarm.action);
    }
}
