package io.sluice.kafka.handler;

import io.netty.buffer.ByteBufAllocator;
import io.sluice.base.Cancellable;
import io.sluice.base.Loop;
import io.sluice.engine.Engine;
import io.sluice.engine.EpochEndOffset;
import io.sluice.engine.Partition;
import io.sluice.engine.ReadOutcome;
import io.sluice.engine.ReplicationThrottle;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.FrameParts;
import io.sluice.log.LogSlice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One fetch under way: reads all its partitions; if that is too little, waits until one of them can be read further or
 * the time is up, and reads again. On the connection's loop, but for the wake-ups and for cold reads, which warm the
 * page cache on a worker first.
 *
 * <pre>
 *   read ──enough, an error, or no time──▶ [warm] ──▶ answer
 *    ▲  └──too little──▶ waiting ──wake-up or time-out──┐
 *    └──────────────────────────────────────────────────┘
 * </pre>
 */
final class FetchOperation {
    private static final Logger log = LoggerFactory.getLogger(FetchOperation.class);

    /**
     * What one partition contributes to the answer.
     *
     * @param nearest the broker to read from instead (KIP-392), {@link #NO_REPLICA} for this one
     */
    record Part(
            FetchTarget target,
            Errors error,
            long highWatermark,
            long startOffset,
            @Nullable LogSlice slice,
            @Nullable EpochEndOffset diverging,
            int nearest) {
        static final int NO_REPLICA = -1;

        static Part empty(FetchTarget target, Errors error, long highWatermark, long startOffset) {
            return new Part(target, error, highWatermark, startOffset, null, null, NO_REPLICA);
        }

        static Part of(FetchTarget target, ReadOutcome outcome) {
            if (outcome instanceof ReadOutcome.Data data) {
                long start = data.logStartOffset();
                return new Part(target, Errors.NONE, data.highWatermark(), start, data.slice(), null, NO_REPLICA);
            }
            if (outcome instanceof ReadOutcome.Nothing nothing) {
                return empty(target, Errors.NONE, nothing.highWatermark(), nothing.logStartOffset());
            }
            if (outcome instanceof ReadOutcome.Diverged diverged) {
                long start = diverged.logStartOffset();
                return new Part(target, Errors.NONE, diverged.highWatermark(), start, null, diverged.end(), NO_REPLICA);
            }
            ReadOutcome.Refused refused = (ReadOutcome.Refused) outcome;
            return empty(target, ErrorCodes.of(refused.error()), refused.highWatermark(), refused.logStartOffset());
        }

        /** Sends the consumer to another replica. */
        static Part elsewhere(FetchTarget target, Partition partition, int nearest) {
            return new Part(
                    target, Errors.NONE, partition.highWatermark(), partition.startOffset(), null, null, nearest);
        }

        /** Whether it is worth an answer now. */
        boolean isUrgent() {
            return error != Errors.NONE || diverging != null || nearest != NO_REPLICA;
        }
    }

    private final Engine engine;
    private final Exchange exchange;
    private FetchReader reader;
    private final FetchPlan plan;
    private final FetchLimits limits;
    private final Loop loop;
    private final List<Part> parts = new ArrayList<>();
    private final AtomicBoolean wakeQueued = new AtomicBoolean();
    private final long deadlineNanos;
    private int bytes;
    private boolean urgent;
    private boolean done;
    private @Nullable Cancellable timer;
    /** Null unless a throttled partition is read for a replica. */
    private @Nullable FetchThrottle throttle;

    FetchOperation(Engine engine, Exchange exchange, FetchReader reader, FetchPlan plan, FetchLimits limits) {
        this.engine = engine;
        this.exchange = exchange;
        this.reader = reader;
        this.plan = plan;
        this.limits = limits;
        this.loop = exchange.connection().loop();
        this.deadlineNanos = engine.clock().nanoTime() + limits.maxWaitMs() * 1_000_000L;
    }

    void start() {
        List<FetchTarget> cold = new ArrayList<>(0);
        for (FetchTarget target : plan.targets()) {
            Partition partition = target.resolve(engine.partitions());
            if (partition != null && !target.likelyCached(partition)) {
                cold.add(target);
            }
        }
        if (cold.isEmpty() || !prefetch(cold)) {
            begin();
        }
    }

    /** Looks up old offsets on a worker once, so that the index pages that the loop needs are in memory. */
    private boolean prefetch(List<FetchTarget> cold) {
        try {
            engine.workers().execute(() -> {
                for (FetchTarget target : cold) {
                    Partition partition = target.resolve(engine.partitions());
                    if (partition != null
                            && target.read(partition, reader, target.maxBytes(), true)
                                    instanceof ReadOutcome.Data found) {
                        found.slice().close();
                    }
                }
                loop.execute(this::begin);
            });
            return true;
        } catch (RejectedExecutionException e) {
            return false; // too many at once: this one reads as it can
        }
    }

    private void begin() {
        readAll();
        reader = reader.again();
        if (isEnough() || !waitForMore()) {
            answer();
        }
    }

    private boolean isEnough() {
        return urgent || bytes >= limits.minBytes() || plan.targets().isEmpty();
    }

    private void readAll() {
        releaseSlices();
        bytes = 0;
        urgent = false;
        for (FetchTarget target : plan.targets()) {
            Part part = read(target);
            parts.add(part);
            LogSlice slice = part.slice();
            if (slice != null) {
                bytes += slice.bytes();
            }
            urgent |= part.isUrgent();
        }
    }

    private Part read(FetchTarget target) {
        Partition partition = target.resolve(engine.partitions());
        if (partition == null) {
            return Part.empty(target, target.missing(engine), -1, -1);
        }
        OptionalInt nearest = target.nearest(engine, partition, reader);
        if (nearest.isPresent()) {
            return Part.elsewhere(target, partition, nearest.getAsInt());
        }
        boolean first = bytes == 0;
        int room = Math.min(target.maxBytes(), limits.maxBytes() - bytes);
        if (room <= 0 && !first && !reader.isReplica()) {
            return Part.empty(target, Errors.NONE, partition.highWatermark(), partition.startOffset());
        }
        // A replica is heard even where the answer has no room left: what it has may be what acknowledgements wait for.
        return reader.isReplica()
                ? readForReplica(target, partition, Math.max(room, 0), first)
                : Part.of(target, target.read(partition, reader, Math.max(room, 0), first));
    }

    private Part readForReplica(FetchTarget target, Partition partition, int room, boolean first) {
        Optional<ReplicationThrottle> rate = partition.throttleOf(reader.brokerId());
        if (rate.isEmpty()) {
            return Part.of(target, target.read(partition, reader, room, first));
        }
        FetchThrottle kept = throttle;
        if (kept == null) {
            kept = new FetchThrottle(rate.get(), loop, this::wake);
            throttle = kept;
        }
        if (kept.holds(target)) {
            return Part.of(target, target.read(partition, reader, 0, false));
        }
        Part part = Part.of(target, target.read(partition, reader, room, first));
        LogSlice slice = part.slice();
        kept.gives(slice == null ? 0 : slice.bytes());
        return part;
    }

    /** Arms all partitions; false when there is no time to wait, or too many wait already, or who asks wants what is there. */
    private boolean waitForMore() {
        long leftMs = (deadlineNanos - engine.clock().nanoTime() + 999_999) / 1_000_000;
        if (leftMs <= 0 || reader.isDebugging() || !plan.mayWait()) {
            return false;
        }
        boolean moved = false;
        for (Part part : parts) {
            Partition partition = part.target().resolve(engine.partitions());
            moved |= partition == null || armed(part, partition);
        }
        if (throttle != null) {
            throttle.lookLater();
        }
        if (timer == null) {
            timer = loop.schedule(leftMs, this::onTimeout);
            exchange.state().waiting(this::cancel);
        }
        if (moved) {
            wake();
        }
        return true;
    }

    /** Arms one partition. @return whether there is nothing to wait for */
    private boolean armed(Part part, Partition partition) {
        FetchTarget target = part.target();
        return throttle != null && throttle.isHeld(target)
                ? target.armForChange(partition, reader, this)
                : target.arm(partition, reader, part.highWatermark(), this);
    }

    /** Something can be read. Any thread. */
    void wake() {
        if (wakeQueued.compareAndSet(false, true)) {
            loop.execute(this::onWake);
        }
    }

    private void onWake() {
        wakeQueued.set(false);
        if (done) {
            return;
        }
        readAll();
        if (isEnough() || !waitForMore()) {
            answer();
        }
    }

    private void onTimeout() {
        if (!done) {
            readAll();
            answer();
        }
    }

    /** The connection is gone. */
    private void cancel() {
        if (!done) {
            finish();
            releaseSlices();
            plan.end();
            exchange.noAnswer();
        }
    }

    private void answer() {
        finish();
        List<LogSlice> cold = new ArrayList<>(0);
        for (Part part : parts) {
            LogSlice slice = part.slice();
            if (slice != null && !slice.likelyCached()) {
                cold.add(slice);
            }
        }
        if (cold.isEmpty()) {
            send();
            return;
        }
        try {
            engine.workers().execute(() -> warm(cold));
        } catch (RejectedExecutionException e) {
            // Too many cold reads at once: an empty answer makes the client ask again.
            releaseSlices();
            send();
        }
    }

    private void warm(List<LogSlice> cold) {
        try {
            for (LogSlice slice : cold) {
                slice.warm();
            }
        } catch (IOException e) {
            log.warn("a fetch from {} cannot read ahead: {}", exchange.connection(), e.getMessage());
        }
        loop.execute(this::send);
    }

    private void finish() {
        done = true;
        if (throttle != null) {
            throttle.stop();
        }
        exchange.state().waiting(null);
        Cancellable running = timer;
        if (running != null) {
            running.cancel();
        }
    }

    private void send() {
        FrameParts frame;
        try {
            frame = encode(exchange.allocator());
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            releaseSlices();
            plan.end();
            exchange.fail(e);
            return;
        }
        parts.clear(); // their slices went into the frame
        plan.end();
        exchange.respond(frame);
    }

    private FrameParts encode(ByteBufAllocator allocator) throws IOException {
        List<Part> told = new ArrayList<>(parts.size());
        List<FetchTarget> withData = new ArrayList<>();
        for (Part part : parts) {
            FetchTarget target = part.target();
            boolean news =
                    part.slice() != null || part.isUrgent() || target.isNews(part.highWatermark(), part.startOffset());
            if (news || !plan.newsOnly()) {
                told.add(part);
                target.told(part.highWatermark(), part.startOffset());
            }
            if (part.slice() != null) {
                withData.add(target);
            }
        }
        FrameParts frame =
                FetchAnswer.encode(exchange, engine.image(), plan.sessionId(), limits.readCommitted(), told, allocator);
        plan.served(withData);
        if (throttle != null) {
            throttle.sent();
        }
        return frame;
    }

    private void releaseSlices() {
        for (Part part : parts) {
            LogSlice slice = part.slice();
            if (slice != null) {
                slice.close();
            }
        }
        parts.clear();
        if (throttle != null) {
            throttle.begin();
        }
    }
}
