package io.sluice.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decisions of the {@link Controller} that are written in one transaction, published as one change of the image, and
 * answered together. A node that several of them write is written once, as the last leaves it.
 */
final class Batch {
    /** What one transaction carries at most where a single decision does not need more. */
    static final int MAX_BYTES = 512 * 1024;

    private final List<StoreOp> ops = new ArrayList<>();
    /** Where in {@link #ops} a node was last written. */
    private final Map<String, Integer> lastWrites = new HashMap<>();

    private final List<ImageEvent> events = new ArrayList<>();
    private final List<Consumer<@Nullable Outcome<?>>> answers = new ArrayList<>();
    private final boolean continuation;
    private int bytes;

    /** @param continuation whether it goes on with a decision that an earlier batch began to write */
    Batch(boolean continuation) {
        this.continuation = continuation;
    }

    boolean hasRoomFor(Plan<?> plan) {
        return ops.isEmpty() || bytes + plan.requestBytes() <= MAX_BYTES;
    }

    void add(Plan<?> plan) {
        plan.ops().forEach(this::add);
        events.addAll(plan.events());
    }

    /** The controller writes behind its fence whatever the versions, so of two writes the later is what counts. */
    private void add(StoreOp op) {
        Integer last = lastWrites.get(op.path());
        if (last != null && op instanceof StoreOp.SetData set && !(ops.get(last) instanceof StoreOp.Delete)) {
            StoreOp before = ops.get(last);
            StoreOp merged = before instanceof StoreOp.Create create
                    ? new StoreOp.Create(set.path(), set.data(), create.ephemeral())
                    : set;
            ops.set(last, merged);
            bytes += StoreOp.requestBytes(merged) - StoreOp.requestBytes(before);
        } else {
            lastWrites.put(op.path(), ops.size());
            ops.add(op);
            bytes += StoreOp.requestBytes(op);
        }
    }

    /** {@code answer} gets null once all is written, else the refusal. */
    void onceWritten(Consumer<@Nullable Outcome<?>> answer) {
        answers.add(answer);
    }

    List<StoreOp> ops() {
        return ops;
    }

    List<ImageEvent> events() {
        return events;
    }

    boolean isContinuation() {
        return continuation;
    }

    /** Answers all, each once. */
    void answer(@Nullable Outcome<?> refusal) {
        List<Consumer<@Nullable Outcome<?>>> all = List.copyOf(answers);
        answers.clear();
        all.forEach(answer -> answer.accept(refusal));
    }
}
