package io.sluice.log;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of one log that the store has forgotten already: closed on its home loop, then its folder is taken out of the
 * way on a worker. Used once.
 */
final class LogRemoval {
    private static final Logger LOG = LoggerFactory.getLogger(LogRemoval.class);
    private static final long RETRY_MS = 20;
    private static final long SHORTAGE_RETRY_MS = 500;

    private final StoreParts parts;
    private final PartitionLog log;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    LogRemoval(StoreParts parts, PartitionLog log) {
        this.parts = parts;
        this.log = log;
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    /** See {@link LogStore#delete}. */
    CompletionStage<Void> delete() {
        return remove("deleting", () -> {
            var to = parts.removals().setAside(log.path());
            parts.disk().syncFolder(log.dataFolder().path());
            parts.removals().folder(to, log.config().retention().fileDeleteDelayMs());
        });
    }

    /** See {@link LogStore#setAside}. */
    CompletionStage<Void> setAside(DamagedLogs damaged) {
        return remove("setting aside", () -> {
            var to = damaged.setAside(log.dataFolder(), log.path());
            LOG.info("msg=\"damaged log is set aside\" log={} folder={}", log.id(), to);
        });
    }

    /** The checkpoint comes first: what it says of this log must not be believed of the one that takes its place (S2). */
    private CompletionStage<Void> remove(String what, Step step) {
        log.home().execute(() -> {
            if (log.closeForDeletion()) {
                checkpoint(() -> onWorker(what, step));
            } else {
                done.completeExceptionally(new LogException(new LogFailure.Closed(log.id())));
            }
        });
        return done;
    }

    private void checkpoint(Runnable next) {
        parts.checkpoints().request(log).whenComplete((nothing, failure) -> log.home()
                .execute(() -> {
                    if (failure == null || isClosing(failure)) {
                        next.run();
                    } else if (isPassing(failure)) {
                        log.home().schedule(SHORTAGE_RETRY_MS, () -> checkpoint(next));
                    } else {
                        done.completeExceptionally(failure);
                    }
                }));
    }

    /** A store that closes writes its last checkpoint without this log. */
    private static boolean isClosing(Throwable failure) {
        return failure instanceof LogException refused && refused.failure() instanceof LogFailure.Closed;
    }

    private static boolean isPassing(Throwable failure) {
        return failure instanceof LogException refused
                && (refused.failure() instanceof LogFailure.DiskFull
                        || refused.failure() instanceof LogFailure.OutOfDescriptors);
    }

    private void onWorker(String what, Step step) {
        try {
            parts.workers().execute(() -> {
                try {
                    step.run();
                    done.complete(null);
                } catch (IOException e) {
                    done.completeExceptionally(
                            new LogException(log.dataFolder().fail(what + " " + log.id() + " failed", e), e));
                }
            });
        } catch (RejectedExecutionException e) {
            log.home().schedule(RETRY_MS, () -> onWorker(what, step));
        }
    }
}
