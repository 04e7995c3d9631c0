package io.sluice.cluster;

/** A call to another node has no answer. Whether it was carried out is not known. */
public final class PeerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public PeerException(String message) {
        super(message, null, false, false);
    }
}
