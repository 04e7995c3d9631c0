package io.sluice.cli;

/** A broker does not give what it has of a partition; the message says why. */
final class ReplicaUnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    ReplicaUnreadableException(String message) {
        super(message);
    }
}
