package io.sluice.engine.group;

import io.sluice.base.Entropy;
import io.sluice.base.Loop;
import io.sluice.base.Workers;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The groups of one partition of the offsets topic, through terms of leadership: loads the shard when this broker comes
 * to lead the partition, drops it when that ends or when an append fails, and then loads it anew.
 *
 * <pre>
 *   Follower ──lead──▶ Loading ──loaded──▶ RunningShard
 *      ▲                 │  ▲                   │
 *      └─── resign ──────┘  └── append failed ──┘
 * </pre>
 *
 * <p>Created on any thread; everything else happens on the partition's home loop.
 */
final class ShardHost {
    private static final Logger log = LoggerFactory.getLogger(ShardHost.class);
    private static final long RETRY_MIN_MS = 100;
    private static final long RETRY_MAX_MS = 10_000;

    /** What a request does with the shard; the answer goes through {@code reply}, now or in a later step. */
    @FunctionalInterface
    interface Request<R> {
        void run(GroupShard shard, Step step, Reply<R> reply);
    }

    /** What the broker gives to every shard. */
    record Setting(
            OffsetsTopic topic,
            Topics topics,
            GroupSettings settings,
            GroupMemory memory,
            Entropy entropy,
            Workers workers,
            Rules rules) {}

    private final int partition;
    private final Setting setting;
    private final Loop loop;

    private boolean leading;
    /** Counts terms and reloads, so that what an earlier one set going is recognised as late. */
    private int incarnation;

    private @Nullable RunningShard running;
    private int failuresInARow;

    ShardHost(int partition, Setting setting, Loop home) {
        this.partition = partition;
        this.setting = setting;
        this.loop = home;
    }

    /** Whether the partition that it serves has this home. Any thread. */
    boolean isOn(Loop home) {
        return loop == home;
    }

    void lead() {
        loop.run(() -> {
            stop(GroupError.NOT_COORDINATOR);
            leading = true;
            load();
        });
    }

    void resign() {
        loop.run(() -> {
            leading = false;
            stop(GroupError.NOT_COORDINATOR);
        });
    }

    /** What the groups here take, counted from nothing. On the home loop. */
    long recount() {
        return running == null ? 0 : running.recount();
    }

    void topicsChanged(Set<String> deleted) {
        loop.run(() -> {
            if (running != null) {
                running.run((shard, step) -> shard.topicsChanged(step, deleted));
            }
        });
    }

    /** What a request means to do. */
    enum Intent {
        /** It writes nothing, or nothing as a rule. */
        LOOK,
        /**
         * It writes as a rule. It is not begun where the log takes nothing: a write that fails costs the whole shard, and
         * would again and again while too few replicas are in sync.
         */
        WRITE
    }

    /** Runs {@code request} on the shard. {@code refusal} makes the answer when there is no shard to ask. */
    <R> CompletionStage<R> call(Intent intent, Request<R> request, Function<GroupError, R> refusal) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        loop.run(() -> {
            if (running != null && intent == Intent.WRITE && !running.canWrite()) {
                answer.complete(refusal.apply(GroupError.COORDINATOR_NOT_AVAILABLE));
            } else if (running != null) {
                running.call(request, refusal, answer);
            } else {
                answer.complete(
                        refusal.apply(leading ? GroupError.COORDINATOR_LOAD_IN_PROGRESS : GroupError.NOT_COORDINATOR));
            }
        });
        return answer;
    }

    private void load() {
        int loading = ++incarnation;
        log.debug("msg=loading partition={}", partition);
        try {
            CoordinatorLog shardLog = setting.topic().log(partition);
            RunningShard candidate = new RunningShard(setting, loop, shardLog, failure -> failed(loading, failure));
            shardLog.load(candidate::replay)
                    .whenComplete((done, failure) -> loop.execute(() -> loaded(loading, candidate, failure)));
        } catch (RuntimeException noLog) {
            failed(loading, noLog);
        }
    }

    private void loaded(int loading, RunningShard candidate, @Nullable Throwable failure) {
        if (loading != incarnation) {
            candidate.stop(GroupError.NOT_COORDINATOR);
            return;
        }
        if (failure != null) {
            candidate.stop(GroupError.COORDINATOR_NOT_AVAILABLE);
            failed(loading, failure);
            return;
        }
        failuresInARow = 0;
        running = candidate;
        log.debug("msg=loaded partition={} groups={}", partition, candidate.groups());
        candidate.run((shard, step) -> shard.loaded(step));
    }

    /** The shard's state is ahead of its log, or could not be read from it: start again from the log. */
    private void failed(int failing, Throwable failure) {
        if (failing != incarnation) {
            return;
        }
        stop(GroupError.COORDINATOR_NOT_AVAILABLE);
        long delayMs = Math.min(RETRY_MAX_MS, RETRY_MIN_MS << Math.min(10, failuresInARow++));
        // One line, not a trace: while the disk is full this comes again and again, and the cause says it all.
        log.warn(
                "msg=\"group state dropped, will be loaded again\" partition={} inMs={} cause=\"{}\"",
                partition,
                delayMs,
                failure.getMessage());
        int waiting = incarnation;
        loop.schedule(delayMs, () -> {
            if (waiting == incarnation && leading) {
                load();
            }
        });
    }

    private void stop(GroupError reason) {
        incarnation++;
        RunningShard stopping = running;
        running = null;
        if (stopping != null) {
            stopping.stop(reason);
        }
    }
}
