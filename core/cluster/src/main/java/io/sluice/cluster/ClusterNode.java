package io.sluice.cluster;

import io.sluice.base.Entropy;
import io.sluice.base.EpochChain;
import io.sluice.base.Loop;
import io.sluice.cluster.ClusterStartException.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's place in the cluster: finds or founds the cluster, registers, stands for controller, and publishes the
 * image to whoever listens. When its session with the coordination store ends it registers and stands again by itself;
 * the last image goes on to hold meanwhile, so the data plane serves on without the store.
 *
 * <p>While another broker is controller this node follows it: keeps its image in step, sends it what only a controller
 * can do, and stands for election when it goes. What other brokers ask of this one comes in through {@link #service}.
 *
 * <p>Life: {@link #open} finds out which cluster this is, {@link #join} takes part in it, {@link #close} leaves it.
 * Everything runs on the control loop; public methods may be called from any thread.
 */
public final class ClusterNode {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);
    private static final long RETRY_MS = 50;
    private static final long ID_TAKEN_RETRY_MS = 500;
    /** How soon to look again who is controller, after being told by one that it is not. */
    private static final long LOOK_AGAIN_MS = 100;

    /**
     * What a node is started with.
     *
     * @param startTimeoutMs how long {@link #open} and {@link #join} may take each
     * @param answerWithinMs after how long a change whose write hangs is answered with {@link Refusal#OUTCOME_UNKNOWN}
     * @param staticSettings what the broker was started with, by name
     */
    public record Options(
            NodeIdentity identity, long startTimeoutMs, long answerWithinMs, Map<String, String> staticSettings) {
        public Options {
            staticSettings = Map.copyOf(staticSettings);
        }
    }

    private final Loop loop;
    private final CoordinationStore store;
    private final Options options;
    private final Membership membership;
    private final Bootstrap bootstrap;
    private final Self self;
    private final ImageFeed feed;
    private final LogEndService logEnds;
    private final Leading leading;
    private final Following following;
    private final RoutedCluster cluster;
    private final StartUp<String> opened;
    private final StartUp<ClusterImage> joined;

    private Optional<String> expectedClusterId = Optional.empty();
    private Optional<List<Endpoint>> endpoints = Optional.empty();
    private long sessionId;
    private boolean connected;
    private boolean closed;
    /** Counts attempts to take a place; answers to an attempt that is not the latest are dropped. */
    private long attempt;

    public ClusterNode(Loop loop, CoordinationStore store, PeerMessages peers, Entropy entropy, Options options) {
        int brokerId = options.identity().brokerId();
        this.loop = loop;
        this.store = store;
        this.options = options;
        this.membership = new Membership(store, options.identity());
        this.bootstrap = new Bootstrap(store, entropy);
        this.self = new Self(brokerId);
        this.feed = new ImageFeed(loop);
        this.logEnds = new LogEndService(self, feed);
        DeadBrokers deadBrokers = new DeadBrokers(store, peers);
        long answerWithinMs = options.answerWithinMs();
        ControllerRequests requests = new ControllerRequests(
                loop, feed, entropy, brokerId, options.staticSettings(), store.maxRequestBytes());
        this.leading = new Leading(
                loop,
                store,
                feed,
                self,
                requests,
                new Leading.Parts(peers, deadBrokers, logEnds, new LeadingEvents(), answerWithinMs));
        this.following = new Following(
                loop,
                membership,
                peers,
                feed,
                self,
                new Following.Parts(deadBrokers, new FollowingEvents(), answerWithinMs));
        this.cluster = new RoutedCluster(loop, feed, self, requests, following.calls());
        this.opened = new StartUp<>(loop);
        this.joined = new StartUp<>(loop);
        feed.addListener(change -> forgetGone(peers, change));
    }

    /**
     * Connects and finds the cluster, or founds one. Completes with the cluster's id, or with a
     * {@link ClusterStartException}.
     *
     * @param expected the id that the data folder was made for, if it was used before
     */
    public CompletionStage<String> open(Optional<String> expected) {
        loop.run(() -> {
            expectedClusterId = expected;
            store.start(new Session());
            opened.within(options.startTimeoutMs());
        });
        return opened.stage();
    }

    /** As {@link #join(List, EpochChain)}, with nothing to prove. */
    public CompletionStage<ClusterImage> join(List<Endpoint> listeners) {
        return join(listeners, EpochChain.NONE);
    }

    /**
     * Registers this broker under {@code listeners} and takes part. Completes with the first image, after the listeners
     * were told of it, or with a {@link ClusterStartException}. Call it once {@link #open} is done.
     *
     * <p>The listeners must accept connections by now: a registered broker at whose address nobody listens is taken for
     * dead. Once registered, it waits for the controller for as long as it takes.
     *
     * @param proven the registrations of which this broker can show that its logs are whole, by clean shutdowns or
     *     because its machine has not been started anew since (R14)
     */
    public CompletionStage<ClusterImage> join(List<Endpoint> listeners, EpochChain proven) {
        loop.run(() -> {
            membership.proves(proven);
            endpoints = Optional.of(List.copyOf(listeners));
            joined.within(options.startTimeoutMs());
            takePlace();
        });
        return joined.stage();
    }

    /** The cluster for those who use it. */
    public Cluster cluster() {
        return cluster;
    }

    /**
     * Has {@code told} learn of each registration of this broker, by its epoch, before it can do anything under it: what
     * it has from now on it has under that registration too (R14). On the control loop; call it before {@link #join}.
     */
    public void onRegistered(LongConsumer told) {
        loop.run(() -> self.onRegistered(told));
    }

    /** Gives controllers {@code ends} to ask (R14): call it before {@link #join}. Any thread. */
    public void logEnds(LogEnds ends) {
        loop.run(() -> logEnds.given(ends));
    }

    /** What the messages of other brokers are to be given to, from before {@link #join} on. */
    public PeerService service() {
        return leading.service();
    }

    /** The epoch of this broker's latest registration, its session may be over; -1 before the first. Any thread. */
    public long brokerEpoch() {
        return self.brokerEpoch();
    }

    /**
     * Prepares for {@link #close}: this node is not elected any more, and if it is controller it finishes what it was
     * asked for and gives the place up, so that nobody is left without an answer. Completes when it follows another, when
     * there is none that could take over, or after {@code withinMs}. Any thread.
     */
    public CompletionStage<Void> standDown(long withinMs) {
        CompletableFuture<Void> succeeded = new CompletableFuture<>();
        loop.run(() -> {
            if (!connected || closed || !othersCouldLead()) {
                succeeded.complete(null);
                return;
            }
            membership.standsNoMore();
            loop.schedule(withinMs, () -> succeeded.complete(null));
            feed.addListener(change -> {
                if (change.after().controllerId() != self.brokerId()) {
                    succeeded.complete(null);
                }
            });
            if (leading.isActive()) {
                leading.handOver(this::takePlace);
            }
        });
        return succeeded;
    }

    private boolean othersCouldLead() {
        return feed.image().brokers().values().stream()
                .anyMatch(broker -> broker.id() != self.brokerId() && !broker.shuttingDown());
    }

    /**
     * Leaves the cluster: ends the session, so that the registration is gone at once. Completes when that is done. Any
     * thread.
     */
    public CompletionStage<Void> close() {
        CompletableFuture<Void> left = new CompletableFuture<>();
        loop.run(() -> {
            closed = true;
            attempt++;
            leading.resign();
            following.stop();
            self.unregistered();
            opened.failed(Kind.CLOSED, "The node was closed");
            joined.failed(Kind.CLOSED, "The node was closed");
            store.close().whenComplete((done, failure) -> left.complete(null));
        });
        return left;
    }

    private final class Session implements CoordinationStore.SessionListener {
        @Override
        public void connected(long id, boolean fresh) {
            connected = true;
            sessionId = id;
            if (!opened.isDone()) {
                findCluster();
            } else if (leading.isActive() && !fresh) {
                leading.reconnected();
                watchTerm(attempt);
            } else {
                takePlace();
            }
        }

        @Override
        public void disconnected() {
            connected = false;
            leading.disconnected();
        }

        @Override
        public void expired() {
            LOG.warn("session expired broker={} epoch={}", self.brokerId(), self.brokerEpoch());
            connected = false;
            attempt++;
            leading.resign();
        }
    }

    private void findCluster() {
        bootstrap.clusterId(expectedClusterId).whenComplete((id, failure) -> {
            if (failure == null) {
                self.belongsTo(id);
                opened.done(id);
            } else if (StoreException.cause(failure) instanceof ClusterStartException refused) {
                opened.failed(refused);
            } else if (!StoreException.in(failure).failure().isOutcomeUnknown()) {
                opened.failed(
                        Kind.UNKNOWN_CONTENT,
                        "ZooKeeper refused: " + StoreException.in(failure).getMessage());
            } // else the connection broke: the next one begins anew
        });
    }

    /** Registers, stands for controller and, if elected, reads the state. Does nothing unless it can and must. */
    private void takePlace() {
        if (closed || !connected || endpoints.isEmpty() || !opened.isDone()) {
            return;
        }
        leading.resign();
        long mine = ++attempt;
        membership.attempt(sessionId, endpoints.get()).whenComplete((standing, failure) -> {
            if (mine != attempt) {
                return;
            }
            if (failure != null) {
                placeNotTaken(mine, failure);
            } else if (standing instanceof Membership.Standing.Elected elected) {
                self.registered(elected.brokerEpoch());
                following.elected(); // whomever we followed is controller no longer
                leading.begin(elected.term());
                watchTerm(mine);
            } else if (standing instanceof Membership.Standing.Following other) {
                follow(mine, other);
            } else if (standing instanceof Membership.Standing.OwnPast past) {
                endOwnPast(mine, past.session());
            } else if (standing instanceof Membership.Standing.IdTaken taken) {
                joined.obstacle(
                        Kind.NODE_ID_IN_USE,
                        "Another broker is registered as node "
                                + self.brokerId() + " with " + taken.byWhom()
                                + "; give this one another node.id, or wait until the other's session ends");
                loop.schedule(ID_TAKEN_RETRY_MS, () -> tryAgainIf(mine));
            } else {
                retryLater(mine);
            }
        });
    }

    /** The controller's node may be taken away from under it: by hand, and then nobody else would tell it (R19). */
    private void watchTerm(long mine) {
        membership.watchController(sessionId, () -> termEnded(mine)).whenComplete((there, failure) -> {
            if (failure == null && !there) {
                termEnded(mine);
            } // without an answer the next connection watches again
        });
    }

    /** A place that this node gave up itself is told of before the write that did that is answered: await the answer. */
    private void termEnded(long mine) {
        if (!leading.isHandingOver()) {
            tryAgainIf(mine);
        }
    }

    /** The store has not noticed yet that our session before is over; we know it, and hold its key. */
    private void endOwnPast(long mine, SessionKey session) {
        LOG.info("ending own earlier session broker={} session=0x{}", self.brokerId(), Long.toHexString(session.id()));
        store.endSession(session).whenComplete((done, failure) -> {
            if (failure == null) {
                tryAgainIf(mine);
            } else if (mine == attempt) {
                loop.schedule(ID_TAKEN_RETRY_MS, () -> tryAgainIf(mine));
            }
        });
    }

    private void follow(long mine, Membership.Standing.Following standing) {
        self.registered(standing.brokerEpoch());
        joined.withoutLimit(); // registered, and so part of the cluster; the rest is up to the controller
        joined.awaits("The controller, broker " + standing.controllerId() + ", has not sent its image yet");
        following.begin(standing, sessionId, () -> mine == attempt).whenComplete((begun, failure) -> {
            if (mine != attempt) {
                return;
            }
            if (failure != null) {
                placeNotTaken(mine, failure);
            } else if (!begun) {
                retryLater(mine);
            }
        });
    }

    private final class FollowingEvents implements Following.Events {
        @Override
        public void followed() {
            joined(feed.image());
        }

        @Override
        public void placeInDoubt() {
            if (!leading.isActive()) { // while it leads this node looks after its place itself
                takePlace();
            }
        }

        @Override
        public boolean storeIsAway() {
            return !connected;
        }

        @Override
        public void notController() {
            long mine = attempt;
            loop.schedule(LOOK_AGAIN_MS, () -> {
                if (following.leader().isPresent()) { // else this node was elected meanwhile, and must not resign
                    tryAgainIf(mine);
                }
            });
        }
    }

    private void joined(ClusterImage first) {
        AgreedMinimum.complaint(first, self.brokerId())
                .ifPresentOrElse(
                        complaint -> joined.failed(Kind.SETTING_MISMATCH, complaint), () -> joined.done(first));
    }

    private static void forgetGone(PeerMessages peers, ImageChange change) {
        for (ImageEvent event : change.events()) {
            if (event instanceof ImageEvent.BrokerGone gone
                    && change.after().broker(gone.brokerId()).isEmpty()) {
                peers.forget(gone.brokerId());
            }
        }
    }

    private final class LeadingEvents implements Leading.Events {
        @Override
        public void led(ClusterImage first) {
            joined(first);
        }

        @Override
        public void placeInDoubt() {
            takePlace();
        }

        @Override
        public void failed(Throwable failure) {
            placeNotTaken(attempt, failure);
            if (Leading.isUnreadable(failure)) {
                membership.standsNoMore(); // a broker of a newer version may be able to; this one follows it
                retryLater(attempt);
            }
        }
    }

    private void placeNotTaken(long mine, Throwable failure) {
        if (!(StoreException.cause(failure) instanceof StoreException why)) {
            String message = "The cluster's state in ZooKeeper can't be read: "
                    + StoreException.cause(failure).getMessage();
            LOG.error(message, failure);
            joined.failed(Kind.UNKNOWN_CONTENT, message);
        } else if (!why.failure().isOutcomeUnknown()) {
            retryLater(mine); // a race with another node or with the end of an old session
        } else if (why.failure() == StoreFailure.CONNECTION_LOST && connected) {
            retryLater(mine); // the connection is back already
        } // else the next connection begins anew
    }

    private void retryLater(long mine) {
        loop.schedule(RETRY_MS, () -> tryAgainIf(mine));
    }

    private void tryAgainIf(long mine) {
        if (mine == attempt) {
            takePlace();
        }
    }
}
