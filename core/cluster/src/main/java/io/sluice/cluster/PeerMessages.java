package io.sluice.cluster;

import java.util.concurrent.CompletionStage;

/**
 * Port: messages from this node to others about the cluster. What is in them is the business of core/cluster alone; a
 * transport carries bytes.
 */
public interface PeerMessages {
    /**
     * Sends a request over the connection to {@code broker}, opening it if need be. Requests to one broker are answered
     * independently of each other. Any thread; completes on the control loop with the answer, or with a
     * {@link PeerException} when the connection could not be made or broke, or {@code timeoutMs} have passed. The request
     * may or may not have been carried out then, unless the exception knows that it did not arrive.
     */
    CompletionStage<byte[]> call(BrokerInfo broker, byte[] request, long timeoutMs);

    /** Tries to connect to {@code broker}, for {@code timeoutMs} at most. Any thread; completes on the control loop. */
    CompletionStage<Reachability> probe(BrokerInfo broker, long timeoutMs);

    /** Closes the connection to a broker that is no longer there. */
    void forget(int brokerId);

    /** What a probe found. */
    enum Reachability {
        /** Somebody accepts connections there. */
        ACCEPTS,
        /** The machine is there and says that nobody listens: the process is gone. */
        REFUSES,
        /** No answer, or none that says anything. */
        UNKNOWN
    }
}
