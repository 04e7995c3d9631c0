package io.sluice.kafka;

/** The client's bytes are no request of the protocol. The connection is closed, as Kafka does. */
public final class MalformedRequestException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public MalformedRequestException(String message) {
        super(message, null, false, false);
    }
}
