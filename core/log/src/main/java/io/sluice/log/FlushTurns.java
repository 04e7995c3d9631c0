package io.sluice.log;

import io.sluice.base.Loop;
import java.util.ArrayDeque;

/**
 * Whose turn it is to be flushed, among the logs of one loop for which somebody waits. They are flushed in rounds: a
 * round takes all that wait, the next one begins when it is over. A file system commits the changes of many files in
 * one go if they are flushed at the same time, and each log's flush acknowledges all that came during the round before. A
 * round begins behind the tasks that the loop has already, so that what they write joins it. Owned by the loop.
 */
final class FlushTurns {
    private final Loop loop;
    private final ArrayDeque<LogFlush> waiting = new ArrayDeque<>();
    private boolean nextQueued;
    private int running;

    FlushTurns(Loop loop) {
        this.loop = loop;
    }

    /** Queues a log that is not queued and has no flush in flight. */
    void ask(LogFlush flush) {
        waiting.add(flush);
        queueNext();
    }

    /** A flush that had a turn has ended. */
    void done() {
        running--;
        queueNext();
    }

    private void queueNext() {
        if (running == 0 && !nextQueued && !waiting.isEmpty()) {
            nextQueued = true;
            loop.execute(this::next);
        }
    }

    private void next() {
        nextQueued = false;
        for (int left = waiting.size(); left > 0; left--) {
            if (waiting.remove().takeTurn()) {
                running++;
            }
        }
    }
}
