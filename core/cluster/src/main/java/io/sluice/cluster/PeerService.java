package io.sluice.cluster;

import java.util.concurrent.CompletionStage;

/** What a transport gives the messages of other nodes to. All methods may be called from any thread. */
public interface PeerService {
    /**
     * Carries out a request and completes with the answer, on any thread. A request that can't be understood is answered
     * with a refusal, too; the stage never fails.
     *
     * @param connection the connection that it came over; the same object for each of its requests
     */
    CompletionStage<byte[]> serve(Object connection, byte[] request);

    /** A connection that requests came over is closed. */
    void closed(Object connection);
}
