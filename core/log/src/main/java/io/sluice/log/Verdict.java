package io.sluice.log;

import java.nio.ByteBuffer;

/** What {@link BatchValidator} says about a batch. */
public sealed interface Verdict {
    /**
     * The batch may be appended.
     *
     * @param batch the batch that was given, or its re-encoded copy: position to limit is the batch
     */
    record Accepted(ByteBuffer batch) implements Verdict {}

    /**
     * The batch may not be appended.
     *
     * @param message what is wrong, for the client
     */
    record Refused(Reason reason, String message) implements Verdict {}

    /** Why a batch is refused. */
    enum Reason {
        /** The checksum does not match, or the batch is cut off: damaged on the way. */
        CORRUPT,
        /** A magic other than 2, more than one batch, a count that does not match, a control batch, a missing key. */
        INVALID_RECORD,
        TOO_LARGE,
        INVALID_TIMESTAMP,
        UNSUPPORTED_COMPRESSION
    }
}
