package io.sluice.engine;

import io.sluice.base.Workers;
import io.sluice.engine.group.CoordinatorLog;
import io.sluice.engine.group.CoordinatorRecord;
import io.sluice.log.Codec;
import io.sluice.log.LogException;
import io.sluice.log.LogPosition;
import io.sluice.log.LogRecord;
import io.sluice.log.LogSlice;
import io.sluice.log.OffsetOutOfRangeException;
import io.sluice.log.Records;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;

/**
 * A group coordinator's log: one partition of the offsets topic, through one term of its leader. Appends on its home loop,
 * loads on a worker.
 */
final class GroupLog implements CoordinatorLog {
    private static final int READ_BYTES = 1 << 20;

    private final Partition partition;
    private final Workers workers;
    private final AcksWanted acks;
    private final int leaderEpoch;

    /** @param appendTimeoutMs how long replicas may take to have what is appended */
    GroupLog(Partition partition, Workers workers, long appendTimeoutMs) {
        this.partition = partition;
        this.workers = workers;
        this.acks = AcksWanted.all(appendTimeoutMs);
        this.leaderEpoch = partition.leadership().epoch();
    }

    @Override
    public void append(List<CoordinatorRecord> records, long timestampMs, Outcome outcome) {
        List<LogRecord> batch = new ArrayList<>(records.size());
        for (CoordinatorRecord record : records) {
            byte[] key = record.key().array();
            batch.add(
                    record.value().isPresent()
                            ? LogRecord.of(
                                    timestampMs, key, record.value().get().array())
                            : LogRecord.tombstone(timestampMs, key));
        }
        ByteBuffer bytes = Records.batch(Codec.NONE, batch);
        partition.home().execute(() -> append(bytes, outcome));
    }

    @Override
    public boolean takesAppends() {
        return partition.takesAcksAll();
    }

    /** In a later term another shard has been loaded, which would not see what comes after (G5). */
    private void append(ByteBuffer batch, Outcome outcome) {
        if (partition.leadership().epoch() != leaderEpoch) {
            outcome.appended(new IOException("leader epoch " + leaderEpoch + " of " + partition.id() + " is over"));
            return;
        }
        partition.append(batch, acks, new AppendListener() {
            @Override
            public void appended(long baseOffset, long appendTimeMs, long logStartOffset) {
                outcome.appended(null);
            }

            @Override
            public void refused(AppendError error, String message) {
                outcome.appended(new IOException(message + " (" + error + ")"));
            }
        });
    }

    @Override
    public CompletionStage<Void> load(Sink sink) {
        CompletableFuture<Void> loaded = new CompletableFuture<>();
        LogPosition end = partition.log().endPosition();
        try {
            workers.execute(() -> {
                try {
                    readUpTo(end, sink);
                    awaitCommitted(end.offset(), loaded);
                } catch (IOException | LogException | OffsetOutOfRangeException | RuntimeException e) {
                    loaded.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            loaded.completeExceptionally(e);
        }
        return loaded;
    }

    private void readUpTo(LogPosition end, Sink sink) throws IOException, LogException, OffsetOutOfRangeException {
        long next = partition.startOffset();
        ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
        while (next < end.offset()) {
            try (LogSlice slice = partition.log().read(next, READ_BYTES, end, true)) {
                if (slice.bytes() > buffer.capacity()) {
                    buffer = ByteBuffer.allocate(slice.bytes());
                }
                buffer.clear().limit(slice.bytes());
                int read = 0;
                while (read < slice.bytes()) {
                    read += slice.readInto(buffer, read);
                }
                buffer.flip();
                long before = next;
                next = deliver(buffer, next, sink);
                if (next == before) {
                    throw new IOException(partition.id() + " holds no whole batch at offset " + before);
                }
            }
        }
    }

    /** Hands over the records of all whole batches; returns the offset after the last. */
    private static long deliver(ByteBuffer batches, long from, Sink sink) {
        long[] next = {from};
        Records.forEach(batches, record -> {
            if (record.offset() >= from && record.key().isPresent()) {
                sink.record(record.key().get(), record.value().orElse(null), record.timestampMs());
            }
            next[0] = Math.max(next[0], record.offset() + 1);
        });
        return next[0];
    }

    /** What was loaded must not be taken back, so loading ends when all of it is committed (G4). */
    private void awaitCommitted(long offset, CompletableFuture<Void> loaded) {
        ReadWaiter waiter = new ReadWaiter() {
            @Override
            protected void wake() {
                partition.unsubscribe(this);
                if (partition.highWatermark() >= offset) {
                    loaded.complete(null);
                } else {
                    loaded.completeExceptionally(new IOException("this broker no longer leads " + partition.id()));
                }
            }
        };
        waiter.arm(offset - 1);
        partition.subscribe(waiter);
    }
}
