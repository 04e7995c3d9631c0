package io.sluice.cluster;

import java.util.concurrent.CompletionException;

/** How a stage of the {@link CoordinationStore} fails. Carries no stack trace: it is an answer, not an accident. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The failure is that of a request of its own, not of an op within a multi. */
    public static final int NOT_IN_MULTI = -1;

    private final StoreFailure failure;
    private final int failedIndex;

    public StoreException(StoreFailure failure, String message) {
        this(failure, NOT_IN_MULTI, message);
    }

    public StoreException(StoreFailure failure, int failedIndex, String message) {
        super(message, null, false, false);
        this.failure = failure;
        this.failedIndex = failedIndex;
    }

    /** The exception that a stage of the store failed with, out of whatever the stages after it wrapped it in. */
    public static StoreException in(Throwable failure) {
        if (cause(failure) instanceof StoreException found) {
            return found;
        }
        throw new IllegalStateException("not a failure of the store", failure);
    }

    /** What a stage failed with, out of whatever the stages after it wrapped it in. */
    static Throwable cause(Throwable failure) {
        Throwable each = failure;
        while (each instanceof CompletionException && each.getCause() != null) {
            each = each.getCause();
        }
        return each;
    }

    static boolean isConnectionLost(Throwable failure) {
        return cause(failure) instanceof StoreException found && found.failure == StoreFailure.CONNECTION_LOST;
    }

    /** Which op of a multi did not hold, or {@link #NOT_IN_MULTI}. */
    public int failedIndex() {
        return failedIndex;
    }

    public StoreFailure failure() {
        return failure;
    }
}
