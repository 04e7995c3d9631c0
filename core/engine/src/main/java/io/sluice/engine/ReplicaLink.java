package io.sluice.engine;

/**
 * Port: one fetch session with one leader (KIP-227). The link remembers what was asked, so that a request names only what
 * is different from the last. Used from one loop.
 */
public interface ReplicaLink {
    /**
     * Sends a fetch. One is under way at a time. {@code answer} is called once, on the loop, never within this call. After
     * a {@link ReplicaAnswer.Failed} the link starts a new session: the next request must name every partition.
     */
    void fetch(ReplicaFetch request, Answer answer);

    /** Ends the link; an answer that is under way may not come any more. */
    void close();

    /** Takes the answer. The buffers in it are valid during the call. */
    @FunctionalInterface
    interface Answer {
        void take(ReplicaAnswer answer);
    }
}
