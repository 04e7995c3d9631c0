package io.sluice.engine.group;

import java.util.ArrayList;
import java.util.List;

/**
 * One step of a shard: a request, a timer or a change of topics is worked on, and out come records to append and answers
 * to send once those are durable. A record is replayed the moment it is written, so what comes later in the step sees
 * the new state; nobody outside sees it before the log has it.
 *
 * <p>Lives for one call on the shard's home loop.
 */
final class Step {
    /** Applies a record to the state: the same for live operation and recovery. */
    @FunctionalInterface
    interface Replay {
        void replay(GroupRecord record, long timestampMs);
    }

    private final long nowMs;
    private final Replay replay;
    private final List<GroupRecord> records = new ArrayList<>();
    private final List<Runnable> answers = new ArrayList<>();

    Step(long nowMs, Replay replay) {
        this.nowMs = nowMs;
        this.replay = replay;
    }

    /** Wall-clock time of the step, which its records carry too. */
    long nowMs() {
        return nowMs;
    }

    void write(GroupRecord record) {
        records.add(record);
        replay.replay(record, nowMs);
    }

    <R> void answer(Reply<R> reply, R response) {
        answers.add(() -> reply.send(response));
    }

    List<GroupRecord> records() {
        return records;
    }

    List<Runnable> answers() {
        return answers;
    }
}
