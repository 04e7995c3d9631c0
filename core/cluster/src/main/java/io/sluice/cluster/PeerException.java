package io.sluice.cluster;

/** A call to another node has no answer. Whether it was carried out is not known, unless it was not even sent. */
public final class PeerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean sent;

    private PeerException(String message, boolean sent) {
        super(message, null, false, false);
        this.sent = sent;
    }

    /** For a call that may have arrived. */
    public PeerException(String message) {
        this(message, true);
    }

    /** For a call of which not a byte has left: certainly nobody has carried it out. */
    public static PeerException notSent(String message) {
        return new PeerException(message, false);
    }

    /** Whether the call may have arrived, and been carried out. */
    public boolean mayHaveArrived() {
        return sent;
    }
}
