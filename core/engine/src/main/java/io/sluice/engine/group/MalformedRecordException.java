package io.sluice.engine.group;

/** A record of the offsets topic, or a client's subscription, does not have the form that its version says. */
final class MalformedRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedRecordException(String message) {
        super(message);
    }
}
