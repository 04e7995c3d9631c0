package io.sluice.cluster;

import io.sluice.base.Cancellable;
import io.sluice.base.Loop;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls that this node sends to the controller on another broker. Each is sent once and answered once: with what the
 * controller answered, when this node's image shows it; as not done, when the controller says that it did not begin or the
 * call never left; as {@link Refusal#OUTCOME_UNKNOWN} when the connection breaks or time runs out, of which there is little
 * once another is controller. Control loop.
 */
final class ForwardedCalls {
    private static final int MAX_PENDING = 10_000;
    /** A controller that was replaced and lives answers everything at once; its answers may be on their way. */
    private static final long LAST_ANSWERS_MS = 500;

    /** What is needed of the node that forwards. */
    interface Route {
        /** The controller, if one is known. */
        Optional<ImageFollower.Leader> leader();

        /** Whom we took for the controller says that it is not. */
        void notController();

        /** Whether ZooKeeper can't be reached, so that no controller can be found. */
        boolean storeIsAway();
    }

    private final Loop loop;
    private final PeerMessages peers;
    private final ImageFeed feed;
    private final Self self;
    private final Route route;
    private final long answerWithinMs;
    private final Set<Pending<?, ?>> pending = new LinkedHashSet<>();

    ForwardedCalls(Loop loop, PeerMessages peers, ImageFeed feed, Self self, Route route, long answerWithinMs) {
        this.loop = loop;
        this.peers = peers;
        this.feed = feed;
        this.self = self;
        this.route = route;
        this.answerWithinMs = answerWithinMs;
    }

    <Q, A> void send(ClusterCall<Q, A> call, Q request, Consumer<A> answer) {
        Optional<ImageFollower.Leader> leader = route.leader();
        if (leader.isEmpty()) {
            answer.accept(call.refuse()
                    .all(
                            request,
                            Refusal.COORDINATION_UNAVAILABLE,
                            "No controller is available: ZooKeeper can't be reached or an election is under way; try"
                                    + " again"));
        } else if (pending.size() >= MAX_PENDING) {
            answer.accept(call.refuse()
                    .all(
                            request,
                            Refusal.COORDINATION_UNAVAILABLE,
                            MAX_PENDING + " requests wait for the controller, broker "
                                    + leader.get().broker().id() + "; try again later"));
        } else {
            new Pending<>(call, request, answer, leader.get()).send();
        }
    }

    /**
     * The controller that was asked is controller no longer. Its last answers are waited for a little: what it did in its
     * term holds, and the image of the next one shows it.
     */
    void controllerChanged() {
        List.copyOf(pending).forEach(Pending::hurry);
    }

    /** No answers will be taken any more: what became of what was asked, nobody can say. */
    void abandon() {
        List.copyOf(pending).forEach(each -> each.unknown("this broker stopped before it was answered"));
    }

    /** One call under way. */
    private final class Pending<Q, A> {
        private final ClusterCall<Q, A> call;
        private final Q request;
        private final Consumer<A> answer;
        private final ImageFollower.Leader leader;
        private @Nullable Cancellable deadline;
        private @Nullable Cancellable imageWait;
        private boolean answered;

        Pending(ClusterCall<Q, A> call, Q request, Consumer<A> answer, ImageFollower.Leader leader) {
            this.call = call;
            this.request = request;
            this.answer = answer;
            this.leader = leader;
        }

        void send() {
            pending.add(this);
            deadline = loop.schedule(answerWithinMs, () -> unknown("it took longer than " + answerWithinMs + " ms"));
            PeerWriter body = new PeerWriter();
            call.request().write(body, request);
            byte[] message =
                    PeerRequest.write(new PeerRequest.Call(self.sender(leader.epoch()), call.number(), body.toBytes()));
            peers.call(leader.broker(), message, answerWithinMs).whenComplete((bytes, failure) -> {
                if (!pending.contains(this)) {
                    return; // told already that nobody knows
                }
                answered = true;
                if (failure instanceof PeerException lost && !lost.mayHaveArrived()) {
                    neverArrived(lost.getMessage());
                } else if (failure != null) {
                    unknown(String.valueOf(failure.getMessage()));
                } else {
                    answered(bytes);
                }
            });
        }

        private void answered(byte[] bytes) {
            try {
                PeerAnswer read = PeerAnswer.read(bytes);
                if (read instanceof PeerAnswer.Called called) {
                    A value = call.answer().read(new PeerReader(called.body()));
                    imageWait = feed.whenReached(called.version(), () -> finish(value));
                } else if (read instanceof PeerAnswer.NotController) {
                    finish(notBegun());
                    route.notController();
                } else if (read instanceof PeerAnswer.Refused refused) {
                    unknown(refused.why());
                } else {
                    unknown("it answered another question");
                }
            } catch (MalformedMessageException e) {
                unknown("its answer can't be understood: " + e.getMessage());
            }
        }

        /** The controller does not know of it: it may just have died, and another will be elected. */
        private void neverArrived(@Nullable String why) {
            finish(call.refuse()
                    .all(
                            request,
                            Refusal.COORDINATION_UNAVAILABLE,
                            "The controller, broker " + leader.broker().id() + ", can't be reached (" + why
                                    + "); nothing was changed; try again"));
        }

        private A notBegun() {
            String who = "Broker " + leader.broker().id() + " is no longer controller";
            return route.storeIsAway()
                    ? call.refuse()
                            .all(
                                    request,
                                    Refusal.COORDINATION_UNAVAILABLE,
                                    who + ", and ZooKeeper can't be reached; nothing was changed; try again later")
                    : call.refuse().all(request, Refusal.NOT_CONTROLLER, who + "; nothing was changed; try again");
        }

        void hurry() {
            if (!answered) {
                cancel(deadline);
                deadline = loop.schedule(
                        Math.min(LAST_ANSWERS_MS, answerWithinMs),
                        () -> unknown("the controller changed before it answered"));
            }
        }

        void unknown(String why) {
            finish(call.refuse()
                    .all(
                            request,
                            Refusal.OUTCOME_UNKNOWN,
                            "The controller, broker " + leader.broker().id()
                                    + ", was asked, and what came of it is not known (" + why
                                    + "); look, then try again"));
        }

        private void finish(A value) {
            if (!pending.remove(this)) {
                return;
            }
            cancel(deadline);
            cancel(imageWait);
            answer.accept(value);
        }
    }

    private static void cancel(@Nullable Cancellable timer) {
        if (timer != null) {
            timer.cancel();
        }
    }
}
