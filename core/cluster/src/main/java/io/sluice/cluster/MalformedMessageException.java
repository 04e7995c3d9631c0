package io.sluice.cluster;

/** A message of another node that can't be understood: cut off, inconsistent, or of a newer format. */
final class MalformedMessageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedMessageException(String message) {
        super(message, null, false, false);
    }
}
