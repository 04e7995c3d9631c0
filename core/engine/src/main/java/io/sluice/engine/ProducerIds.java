package io.sluice.engine;

import io.sluice.base.Loop;
import io.sluice.cluster.Cluster;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.ProducerIdBlock;
import io.sluice.cluster.Refusal;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Hands out producer ids from blocks that the cluster gives this broker. An id is handed out once, ever: what is left of
 * a block when the broker stops is skipped (T5). The next block is asked for while half of this one is left, so that
 * producers get ids for a good while also when ZooKeeper is away. Owned by one loop.
 */
public final class ProducerIds {
    private static final int MAX_WAITING = 10_000;

    private final Loop loop;
    private final Cluster cluster;
    private final ArrayDeque<CompletableFuture<Outcome<Long>>> waiting = new ArrayDeque<>();
    private @Nullable ProducerIdBlock block;
    private @Nullable ProducerIdBlock following;
    private long next;
    private boolean asking;

    ProducerIds(Loop loop, Cluster cluster) {
        this.loop = loop;
        this.cluster = cluster;
    }

    /** Gets the first block, so that there are ids whatever comes. Once this broker is part of the cluster. Any thread. */
    public void prepare() {
        loop.run(this::askAhead);
    }

    /** The next id, or why there is none at present. Any thread; completed on any thread. */
    public CompletionStage<Outcome<Long>> next() {
        CompletableFuture<Outcome<Long>> result = new CompletableFuture<>();
        loop.run(() -> serve(result));
        return result;
    }

    private void serve(CompletableFuture<Outcome<Long>> result) {
        if (left() == 0 && following != null) {
            begin(following);
            following = null;
        }
        if (left() > 0) {
            long id = next++;
            askAhead();
            result.complete(Outcome.done(id));
            return;
        }
        if (waiting.size() >= MAX_WAITING) {
            result.complete(
                    Outcome.refused(Refusal.COORDINATION_UNAVAILABLE, "too many requests wait for producer ids"));
            return;
        }
        waiting.add(result);
        ask();
    }

    private long left() {
        ProducerIdBlock current = block;
        return current == null ? 0 : current.end() - next;
    }

    private void begin(ProducerIdBlock taken) {
        block = taken;
        next = taken.first();
    }

    private void askAhead() {
        ProducerIdBlock current = block;
        if (following == null && (current == null || left() <= current.count() / 2)) {
            ask();
        }
    }

    private void ask() {
        if (!asking) {
            asking = true;
            cluster.allocateProducerIds().thenAccept(outcome -> loop.execute(() -> onBlock(outcome)));
        }
    }

    private void onBlock(Outcome<ProducerIdBlock> outcome) {
        asking = false;
        if (outcome instanceof Outcome.Done<ProducerIdBlock> done) {
            if (left() == 0) {
                begin(done.value());
            } else {
                following = done.value();
            }
        }
        ArrayDeque<CompletableFuture<Outcome<Long>>> served = new ArrayDeque<>(waiting);
        waiting.clear();
        if (outcome instanceof Outcome.Refused<ProducerIdBlock> refused) {
            served.forEach(one -> one.complete(Outcome.refused(refused.reason(), refused.message())));
        } else {
            served.forEach(this::serve);
        }
    }
}
