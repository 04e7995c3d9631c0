package io.sluice.cluster;

import java.util.concurrent.CompletionStage;

/**
 * A method of {@link Cluster} that only the controller can carry out, as something that can be sent to it.
 *
 * @param number names it in messages; never used again for another
 * @param <Q> what is asked
 * @param <A> what is answered
 */
record ClusterCall<Q, A>(
        int number, PeerFormat<Q> request, PeerFormat<A> answer, CarryOut<Q, A> carryOut, Refuse<Q, A> refuse) {
    /** Does it, at the controller. */
    interface CarryOut<Q, A> {
        CompletionStage<A> by(ControllerRequests controller, Asker asker, Q request);
    }

    /** Makes the answer that refuses all that was asked. */
    interface Refuse<Q, A> {
        A all(Q request, Refusal reason, String message);
    }
}
