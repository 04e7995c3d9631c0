package io.sluice.log;

/** A log cannot serve a call; {@link #failure} says why. */
public final class LogException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient LogFailure failure;

    public LogException(LogFailure failure) {
        super(failure.message());
        this.failure = failure;
    }

    public LogException(LogFailure failure, Throwable cause) {
        super(failure.message(), cause);
        this.failure = failure;
    }

    public LogFailure failure() {
        return failure;
    }
}
