package io.sluice.engine;

import io.sluice.base.Loop;
import io.sluice.cluster.Cluster;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.ProducerIdBlock;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Hands out producer ids from blocks that the cluster gives this broker. An id is handed out once, ever: what is left of
 * a block when the broker stops is skipped (T5). Owned by one loop.
 */
public final class ProducerIds {
    private static final int MAX_WAITING = 10_000;

    private final Loop loop;
    private final Cluster cluster;
    private final ArrayDeque<CompletableFuture<Outcome<Long>>> waiting = new ArrayDeque<>();
    private @Nullable ProducerIdBlock block;
    private long next;
    private boolean asking;

    ProducerIds(Loop loop, Cluster cluster) {
        this.loop = loop;
        this.cluster = cluster;
    }

    /** The next id, or why there is none at present. Any thread; completed on any thread. */
    public CompletionStage<Outcome<Long>> next() {
        CompletableFuture<Outcome<Long>> result = new CompletableFuture<>();
        loop.run(() -> serve(result));
        return result;
    }

    private void serve(CompletableFuture<Outcome<Long>> result) {
        ProducerIdBlock current = block;
        if (current != null && next < current.end()) {
            result.complete(Outcome.done(next++));
            return;
        }
        if (waiting.size() >= MAX_WAITING) {
            result.complete(Outcome.refused(
                    io.sluice.cluster.Refusal.COORDINATION_UNAVAILABLE, "too many requests wait for producer ids"));
            return;
        }
        waiting.add(result);
        if (!asking) {
            asking = true;
            cluster.allocateProducerIds().thenAccept(outcome -> loop.execute(() -> onBlock(outcome)));
        }
    }

    private void onBlock(Outcome<ProducerIdBlock> outcome) {
        asking = false;
        ArrayDeque<CompletableFuture<Outcome<Long>>> served = new ArrayDeque<>(waiting);
        waiting.clear();
        if (outcome instanceof Outcome.Done<ProducerIdBlock> done) {
            block = done.value();
            next = done.value().first();
            served.forEach(this::serve);
        } else if (outcome instanceof Outcome.Refused<ProducerIdBlock> refused) {
            served.forEach(one -> one.complete(Outcome.refused(refused.reason(), refused.message())));
        }
    }
}
