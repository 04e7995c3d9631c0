package io.sluice.cluster;

import io.sluice.base.Loop;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/**
 * This node's part while another broker is controller: watches that broker's place in the store, follows its image,
 * sends it what only a controller can do, and when it stops answering finds out whether it is dead. Goes on as it is
 * while the store is away. Control loop.
 */
final class Following implements ImageFollower.Events, ForwardedCalls.Route {
    /** What the node is told. */
    interface Events {
        /** An image of the controller was published. */
        void followed();

        /** The controller or this node's registration went or changed, or we follow the wrong one: look again. */
        void placeInDoubt();

        /** Whom we took for the controller says that it is not; look again before long. */
        void notController();

        /** Whether the node can't reach the store. */
        boolean storeIsAway();
    }

    private final Membership membership;
    private final DeadBrokers deadBrokers;
    private final Events events;
    private final ImageFollower follower;
    private final ForwardedCalls calls;
    private final Self self;

    Following(Loop loop, Membership membership, PeerMessages peers, ImageFeed feed, Self self, Parts parts) {
        this.membership = membership;
        this.self = self;
        this.deadBrokers = parts.deadBrokers();
        this.events = parts.events();
        this.follower = new ImageFollower(loop, peers, feed, self, this);
        this.calls = new ForwardedCalls(loop, peers, feed, self, this, parts.answerWithinMs());
    }

    /** What following works with besides the node's own parts. */
    record Parts(DeadBrokers deadBrokers, Events events, long answerWithinMs) {}

    /** The calls of this node that go to the controller. */
    ForwardedCalls calls() {
        return calls;
    }

    /**
     * Watches and follows the controller that {@code standing} names, unless it is followed already. Completes with
     * false when it is not there any more, so that the caller should look again.
     *
     * @param stillWanted asked when the store has answered
     */
    CompletionStage<Boolean> begin(
            Membership.Standing.Following standing, long sessionId, BooleanSupplier stillWanted) {
        return membership
                .watchController(sessionId, events::placeInDoubt)
                .thenCombine(
                        membership.watchRegistration(sessionId, events::placeInDoubt),
                        (controller, registration) -> controller && registration)
                .thenCombine(
                        membership.registrationOf(standing.controllerId()),
                        (inPlace, broker) -> inPlace ? broker : Optional.<BrokerInfo>empty())
                .thenApply(broker -> {
                    boolean canFollow = broker.isPresent() && broker.get().id() != self.brokerId();
                    if (canFollow && stillWanted.getAsBoolean()) {
                        follow(new ImageFollower.Leader(
                                broker.get(), standing.controllerEpoch(), standing.electedBy()));
                    }
                    return canFollow;
                });
    }

    private void follow(ImageFollower.Leader next) {
        boolean another = follower.leader()
                .map(before -> before.electedBy() != next.electedBy())
                .orElse(true);
        follower.follow(next);
        if (another) {
            calls.controllerChanged();
        }
    }

    /** This node itself is controller. */
    void elected() {
        follower.stop();
        calls.controllerChanged();
    }

    /** Follows nobody any more; what was sent and not answered is of unknown outcome. */
    void stop() {
        follower.stop();
        calls.abandon();
    }

    @Override
    public Optional<ImageFollower.Leader> leader() {
        return follower.leader();
    }

    @Override
    public void followed() {
        events.followed();
    }

    @Override
    public void notController() {
        events.notController();
    }

    @Override
    public boolean storeIsAway() {
        return events.storeIsAway();
    }

    @Override
    public void unanswered(ImageFollower.Leader leader) {
        deadBrokers.suspect(leader);
    }
}
