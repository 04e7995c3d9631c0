package io.sluice.cluster;

import io.sluice.base.Cancellable;
import io.sluice.base.Loop;
import io.sluice.cluster.ClusterStartException.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One step of a node's start, whose caller waits for it: ends with a value, or with what was in the way when the time
 * was up. Control loop.
 */
final class StartUp<T> {
    private static final Logger LOG = LoggerFactory.getLogger(StartUp.class);
    private static final long SAY_AFTER_MS = 5_000;
    private static final long SAY_AGAIN_MS = 60_000;

    private final Loop loop;
    private final CompletableFuture<T> stage = new CompletableFuture<>();
    private Cancellable timer = () -> {};
    private Cancellable sayTimer = () -> {};
    private String obstacle = "ZooKeeper did not answer";
    private Kind kind = Kind.STORE_UNREACHABLE;

    StartUp(Loop loop) {
        this.loop = loop;
    }

    CompletionStage<T> stage() {
        return stage;
    }

    boolean isDone() {
        return stage.isDone();
    }

    /** From now on the step may take so long. */
    void within(long timeoutMs) {
        timer = loop.schedule(
                timeoutMs,
                () -> stage.completeExceptionally(
                        new ClusterStartException(kind, obstacle + " (waited " + timeoutMs + " ms)")));
        sayLater(SAY_AFTER_MS, 0);
    }

    /** From now on the step may take as long as it takes. */
    void withoutLimit() {
        timer.cancel();
    }

    /** Somebody may be watching a start that takes long; one that waits for hours need not fill the log. */
    private void sayLater(long delayMs, long waitedMs) {
        sayTimer = loop.schedule(delayMs, () -> {
            if (!stage.isDone()) {
                long waited = waitedMs + delayMs;
                LOG.warn("start waits waitedMs={} reason=\"{}\"; it goes on by itself", waited, obstacle);
                sayLater(SAY_AGAIN_MS, waited);
            }
        });
    }

    void done(T value) {
        cancelTimers();
        stage.complete(value);
    }

    private void cancelTimers() {
        timer.cancel();
        sayTimer.cancel();
    }

    void failed(Kind why, String message) {
        failed(new ClusterStartException(why, message));
    }

    void failed(ClusterStartException failure) {
        cancelTimers();
        stage.completeExceptionally(failure);
    }

    /** What the step waits for now, which is nothing unusual. */
    void awaits(String what) {
        obstacle = what;
    }

    /** What is in the way for the moment; said once, also when the node has started long ago. */
    void obstacle(Kind why, String message) {
        if (!message.equals(obstacle)) {
            LOG.warn(message);
        }
        kind = why;
        obstacle = message;
    }
}
