package io.sluice.engine.group;

import io.sluice.base.Loop;
import io.sluice.engine.group.Rules.Rule;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A shard at work: runs its steps, appends their records, and holds every answer until the log has made durable the last
 * record that the state had seen when the answer was made. Reads wait like writes, so no client is told what a crash
 * could take back (G2, G5).
 *
 * <p>Owned by the partition's home loop, except that {@link #replay} is called by whoever reads the log before the shard
 * starts. Ends with {@link #stop}, after which it answers nothing.
 */
final class RunningShard {
    /** A request that has not been answered. */
    private static final class Open<R> {
        private final CompletableFuture<R> answer;
        private final Function<GroupError, R> refusal;

        Open(CompletableFuture<R> answer, Function<GroupError, R> refusal) {
            this.answer = answer;
            this.refusal = refusal;
        }

        void refuse(GroupError error) {
            answer.complete(refusal.apply(error));
        }
    }

    /** An answer that waits for the append numbered {@code append}. */
    private record Held(long append, Runnable answer) {}

    private final Loop loop;
    private final CoordinatorLog log;
    private final Consumer<Throwable> onFailure;
    private final LoopTimers timers;
    private final GroupShard shard;
    private final Tally memory;
    private final boolean holdsAnswers;

    private final Set<Open<?>> open = new LinkedHashSet<>();
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private long appended;
    private long durable;
    private boolean stopped;

    RunningShard(ShardHost.Setting setting, Loop loop, CoordinatorLog log, Consumer<Throwable> onFailure) {
        this.loop = loop;
        this.log = log;
        this.onFailure = onFailure;
        this.timers = new LoopTimers(loop, this::runStep);
        this.holdsAnswers = setting.rules().keeps(Rule.G2_ANSWER_AFTER_DURABLE);
        this.memory = new Tally(setting.memory()::add);
        ShardPorts ports = new ShardPorts(
                setting.settings(),
                timers,
                setting.entropy(),
                setting.topics()::current,
                new RegexMatcher(setting.workers(), loop, this::runStep),
                setting.memory(),
                setting.rules());
        this.shard = new GroupShard(ports, memory);
    }

    boolean canWrite() {
        return log.takesAppends();
    }

    int groups() {
        return shard.groups();
    }

    /** What the shard takes of the memory for groups, counted from nothing. */
    long recount() {
        return shard.recount();
    }

    /** Takes one record of the log while the shard loads. Records of kinds or versions from the future are passed over. */
    void replay(ByteBuffer key, @Nullable ByteBuffer value, long timestampMs) {
        GroupRecordCodec.decode(key, value).ifPresent(record -> shard.replay(record, timestampMs));
    }

    <R> void call(ShardHost.Request<R> request, Function<GroupError, R> refusal, CompletableFuture<R> answer) {
        Open<R> pending = new Open<>(answer, refusal);
        open.add(pending);
        Reply<R> reply = response -> {
            if (open.remove(pending)) {
                pending.answer.complete(response);
            }
        };
        run((working, step) -> request.run(working, step, reply));
    }

    void run(BiConsumer<GroupShard, Step> action) {
        runStep(step -> action.accept(shard, step));
    }

    /** Ends the shard; whoever waits is told {@code reason}. What it took of the memory for groups is given back. */
    void stop(GroupError reason) {
        stopped = true;
        memory.close();
        timers.cancelAll();
        held.clear();
        List<Open<?>> refused = new ArrayList<>(open);
        open.clear();
        refused.forEach(pending -> pending.refuse(reason));
    }

    private void runStep(Consumer<Step> action) {
        if (stopped) {
            return;
        }
        Step step = new Step(loop.clock().wallMs(), shard::replay);
        try {
            action.accept(step);
            append(step);
        } catch (RuntimeException broken) {
            // The state may have moved while the log did not: only the log can tell what is true.
            onFailure.accept(broken);
        }
        if (!stopped) {
            answer(step.answers());
        }
    }

    private void append(Step step) {
        if (step.records().isEmpty()) {
            return;
        }
        List<CoordinatorRecord> encoded = new ArrayList<>(step.records().size());
        for (GroupRecord record : step.records()) {
            encoded.add(GroupRecordCodec.encode(record));
        }
        long number = ++appended;
        log.append(encoded, step.nowMs(), failure -> appended(number, failure));
    }

    private void appended(long number, @Nullable Throwable failure) {
        if (stopped) {
            return;
        }
        if (failure != null) {
            onFailure.accept(failure);
            return;
        }
        durable = number;
        while (!held.isEmpty() && held.peek().append() <= durable) {
            held.remove().answer().run();
        }
    }

    private void answer(List<Runnable> answers) {
        for (Runnable answer : answers) {
            if (appended == durable || !holdsAnswers) {
                answer.run();
            } else {
                held.add(new Held(appended, answer));
            }
        }
    }
}
