package io.sluice.engine;

import io.sluice.log.FlushCallback;
import io.sluice.log.LogFailure;
import io.sluice.log.LogPosition;
import io.sluice.log.PartitionLog;
import java.util.ArrayList;
import java.util.List;

/**
 * Up to where this broker has a log as safely as the topic asks: what is written, or with {@code flush.messages=1} what is
 * on disk. Group commit: one fsync at a time; what comes meanwhile is covered by the next. Owned by the log's home loop.
 */
final class SafeEnd implements FlushCallback {
    /** Told on the home loop. */
    interface Listener {
        void safeUpTo(LogPosition end);

        /** Nobody knows what is on disk; nothing more will be safe. */
        void notSafe(LogFailure failure);
    }

    private final PartitionLog log;
    private final Listener listener;
    private LogPosition end;
    private LogPosition flushingUpTo;
    private boolean flushing;
    private boolean flushAgain;
    /** Whether the flush under way began before the log was cut, and so tells of what is no longer there. */
    private boolean outdated;

    private final List<Runnable> waiting = new ArrayList<>();

    SafeEnd(PartitionLog log, boolean flushBeforeAck, Listener listener) {
        this.log = log;
        this.listener = listener;
        // Where acknowledgements wait for the disk, readers must not see what a crash may still take back.
        this.end = flushBeforeAck ? log.flushedPosition() : log.endPosition();
        this.flushingUpTo = end;
    }

    LogPosition end() {
        return end;
    }

    /** Something was written, or may have been. */
    void written(boolean flushBeforeAck) {
        if (flushBeforeAck) {
            flush();
        } else {
            reached(log.endPosition());
        }
    }

    /** Runs {@code task} once all that is written now is safe, or is known never to be; at once if it is. */
    void whenAllSafe(boolean flushBeforeAck, Runnable task) {
        if (end.offset() >= log.endOffset()) {
            task.run();
        } else {
            waiting.add(task);
            written(flushBeforeAck);
        }
    }

    /** The log has a new end below the old one. */
    void logCut(boolean flushBeforeAck) {
        outdated = flushing;
        flushAgain = false;
        end = flushBeforeAck ? log.flushedPosition() : log.endPosition();
    }

    private void flush() {
        if (flushing) {
            flushAgain = true;
            return;
        }
        flushing = true;
        flushingUpTo = log.endPosition();
        log.flush(this);
    }

    private void reached(LogPosition position) {
        end = position;
        listener.safeUpTo(position);
        runWaiting();
    }

    private void runWaiting() {
        if (waiting.isEmpty()) {
            return;
        }
        List<Runnable> tasks = List.copyOf(waiting);
        waiting.clear();
        tasks.forEach(Runnable::run);
    }

    @Override
    public void onFlushed(long offset) {
        flushing = false;
        boolean again = flushAgain || outdated;
        flushAgain = false;
        if (!outdated) {
            end = flushingUpTo;
            listener.safeUpTo(end);
        }
        outdated = false;
        if (again) {
            flush(); // who waits, waits for what was written meanwhile, too
        } else {
            runWaiting();
        }
    }

    @Override
    public void onFailure(LogFailure failure) {
        flushing = false;
        flushAgain = false;
        outdated = false;
        listener.notSafe(failure);
        runWaiting();
    }
}
