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

    private final Loop loop;
    private final CompletableFuture<T> stage = new CompletableFuture<>();
    private Cancellable timer = () -> {};
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
    }

    /** From now on the step may take as long as it takes. */
    void withoutLimit() {
        timer.cancel();
    }

    void done(T value) {
        timer.cancel();
        stage.complete(value);
    }

    void failed(Kind why, String message) {
        failed(new ClusterStartException(why, message));
    }

    void failed(ClusterStartException failure) {
        timer.cancel();
        stage.completeExceptionally(failure);
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
