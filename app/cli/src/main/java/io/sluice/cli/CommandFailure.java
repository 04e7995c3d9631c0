package io.sluice.cli;

/** A command cannot do what it was asked; the message is the one line that the user sees. */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String line;

    CommandFailure(String message) {
        super(message);
        line = message;
    }

    CommandFailure(String message, Throwable cause) {
        super(message, cause);
        line = message;
    }

    /** The line to print. */
    String line() {
        return line;
    }
}
