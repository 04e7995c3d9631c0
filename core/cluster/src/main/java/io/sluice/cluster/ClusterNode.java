package io.sluice.cluster;

import io.sluice.base.Cancellable;
import io.sluice.base.Entropy;
import io.sluice.base.Loop;
import io.sluice.cluster.ClusterStartException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's place in the cluster: finds or founds the cluster, registers, stands for controller, and publishes the
 * image to whoever listens. When its session with the coordination store ends it registers and stands again by itself;
 * the last image goes on to hold meanwhile, so the data plane serves on without the store.
 *
 * <p>Life: {@link #open} finds out which cluster this is, {@link #join} takes part in it, {@link #close} leaves it.
 * Everything runs on the control loop; public methods may be called from any thread.
 */
public final class ClusterNode {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);
    private static final long RETRY_MS = 50;
    private static final long ID_TAKEN_RETRY_MS = 500;

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
    private final StateLoader loader;
    private final Bootstrap bootstrap;
    private final ControllerRequests requests;
    private final ImageFeed feed;
    private final CompletableFuture<String> opened = new CompletableFuture<>();
    private final CompletableFuture<ClusterImage> joined = new CompletableFuture<>();

    private Optional<String> expectedClusterId = Optional.empty();
    private Optional<List<Endpoint>> endpoints = Optional.empty();
    private String clusterId = "";
    private long sessionId;
    private boolean connected;
    private boolean closed;
    /** Counts attempts to take a place; answers to an attempt that is not the latest are dropped. */
    private long attempt;

    private String lastObstacle = "ZooKeeper did not answer";
    private Kind lastObstacleKind = Kind.STORE_UNREACHABLE;
    private @Nullable Controller controller;
    private volatile long brokerEpoch = -1;

    public ClusterNode(Loop loop, CoordinationStore store, Entropy entropy, Options options) {
        this.loop = loop;
        this.store = store;
        this.options = options;
        this.membership = new Membership(store, options.identity());
        this.loader = new StateLoader(store);
        this.bootstrap = new Bootstrap(store, entropy);
        this.feed = new ImageFeed(loop);
        this.requests = new ControllerRequests(
                loop, feed, entropy, options.identity().brokerId(), options.staticSettings(), store.maxRequestBytes());
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
            failLater(opened);
        });
        return opened;
    }

    /**
     * Registers this broker under {@code listeners} and takes part. Completes with the first image, after the listeners
     * were told of it, or with a {@link ClusterStartException}. Call it once {@link #open} is done.
     */
    public CompletionStage<ClusterImage> join(List<Endpoint> listeners) {
        loop.run(() -> {
            endpoints = Optional.of(List.copyOf(listeners));
            failLater(joined);
            takePlace();
        });
        return joined;
    }

    /** The cluster for those who use it. */
    public Cluster cluster() {
        return requests;
    }

    /** The epoch of this broker's current registration; -1 while it has none. Any thread. */
    public long brokerEpoch() {
        return brokerEpoch;
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
            resign();
            brokerEpoch = -1;
            opened.completeExceptionally(new ClusterStartException(Kind.CLOSED, "The node was closed"));
            joined.completeExceptionally(new ClusterStartException(Kind.CLOSED, "The node was closed"));
            store.close().whenComplete((done, failure) -> left.complete(null));
        });
        return left;
    }

    private final class Session implements CoordinationStore.SessionListener {
        @Override
        public void connected(long id, boolean fresh) {
            connected = true;
            sessionId = id;
            Controller active = controller;
            if (!opened.isDone()) {
                findCluster();
            } else if (active != null && !fresh) {
                active.reconnected();
            } else {
                takePlace();
            }
        }

        @Override
        public void disconnected() {
            connected = false;
            Controller active = controller;
            if (active != null) {
                active.disconnected();
            }
        }

        @Override
        public void expired() {
            LOG.warn("session expired broker={} epoch={}", options.identity().brokerId(), brokerEpoch);
            connected = false;
            brokerEpoch = -1;
            attempt++;
            resign();
        }
    }

    private void findCluster() {
        bootstrap.clusterId(expectedClusterId).whenComplete((id, failure) -> {
            if (failure == null) {
                clusterId = id;
                opened.complete(id);
            } else if (cause(failure) instanceof ClusterStartException refused) {
                opened.completeExceptionally(refused);
            } else if (!StoreException.in(failure).failure().isOutcomeUnknown()) {
                opened.completeExceptionally(new ClusterStartException(
                        Kind.UNKNOWN_CONTENT,
                        "ZooKeeper refused: " + StoreException.in(failure).getMessage()));
            } // else the connection broke: the next one begins anew
        });
    }

    /** Registers, stands for controller and, if elected, reads the state. Does nothing unless it can and must. */
    private void takePlace() {
        if (closed || !connected || endpoints.isEmpty() || !opened.isDone()) {
            return;
        }
        resign();
        long mine = ++attempt;
        membership.attempt(sessionId, endpoints.get()).whenComplete((standing, failure) -> {
            if (mine != attempt) {
                return;
            }
            if (failure != null) {
                placeNotTaken(mine, failure);
            } else if (standing instanceof Membership.Standing.Elected elected) {
                lead(mine, elected);
            } else if (standing instanceof Membership.Standing.Following following) {
                follow(mine, following);
            } else if (standing instanceof Membership.Standing.IdTaken taken) {
                obstacle(
                        Kind.NODE_ID_IN_USE,
                        "Another broker is registered as node "
                                + options.identity().brokerId() + " with " + taken.byWhom()
                                + "; give this one another node.id, or wait until the other's session ends");
                loop.schedule(ID_TAKEN_RETRY_MS, () -> tryAgainIf(mine));
            } else {
                retryLater(mine);
            }
        });
    }

    private void follow(long mine, Membership.Standing.Following following) {
        brokerEpoch = following.brokerEpoch();
        obstacle(
                Kind.OTHER_CONTROLLER,
                "Broker " + following.controllerId() + " is controller of cluster " + clusterId
                        + ", and this version serves clusters of one broker only");
        membership.watchController(() -> tryAgainIf(mine)).whenComplete((isThere, failure) -> {
            if (mine != attempt) {
                return;
            }
            if (failure != null) {
                placeNotTaken(mine, failure);
            } else if (!isThere) {
                takePlace();
            }
        });
    }

    private void lead(long mine, Membership.Standing.Elected elected) {
        brokerEpoch = elected.brokerEpoch();
        loader.load()
                .thenCombine(loader.brokers(() -> brokersChanged(mine)), (state, brokers) -> {
                    if (mine == attempt) {
                        beginTerm(mine, elected.term(), state, brokers);
                    }
                    return state;
                })
                .whenComplete((state, failure) -> {
                    if (failure != null && mine == attempt) {
                        placeNotTaken(mine, failure);
                    }
                });
    }

    private void beginTerm(long mine, Term term, StateLoader.State state, List<BrokerInfo> brokers) {
        ClusterImage image = ClusterImage.empty(clusterId)
                .draft()
                .applyAll(eventsOf(state, brokers))
                .seal(new ImageVersion(term.epoch(), 0));
        LOG.info(
                "controller elected broker={} epoch={} topics={} partitions={} brokers={}",
                options.identity().brokerId(),
                term.epoch(),
                image.topicCount(),
                image.partitionCount(),
                image.brokers().keySet());
        Controller elected = new Controller(
                loop, store, term, image, requests::layers, new TermEvents(mine), options.answerWithinMs());
        controller = elected;
        requests.begin(elected, state.nextProducerId(), brokerEpoch);
        elected.begin(state.notedEpochs(), brokers, first -> {
            feed.reset(first);
            joined.complete(first);
        });
    }

    private List<ImageEvent> eventsOf(StateLoader.State state, List<BrokerInfo> brokers) {
        List<ImageEvent> events = new ArrayList<>(state.topics().size() + brokers.size() + 1);
        events.add(new ImageEvent.ControllerChanged(options.identity().brokerId()));
        brokers.forEach(broker -> events.add(new ImageEvent.BrokerRegistered(broker)));
        state.configs().forEach((resource, configs) -> events.add(new ImageEvent.ConfigsChanged(resource, configs)));
        state.topics().forEach(topic -> events.add(new ImageEvent.TopicCreated(topic)));
        return events;
    }

    private final class TermEvents implements Controller.Events {
        private final long mine;

        TermEvents(long mine) {
            this.mine = mine;
        }

        @Override
        public void published(ImageChange change) {
            feed.publish(change);
        }

        @Override
        public void deposed(String why) {
            controller = null;
            requests.end();
            tryAgainIf(mine);
        }
    }

    private void brokersChanged(long mine) {
        if (mine != attempt) {
            return;
        }
        loader.brokers(() -> brokersChanged(mine)).whenComplete((brokers, failure) -> {
            Controller active = controller;
            if (mine != attempt || active == null) {
                return;
            }
            if (failure != null) {
                placeNotTaken(mine, failure);
            } else if (brokers.stream().noneMatch(broker -> broker.epoch() == brokerEpoch)) {
                LOG.warn(
                        "registration vanished broker={} epoch={}",
                        options.identity().brokerId(),
                        brokerEpoch);
                takePlace();
            } else {
                active.brokersAre(brokers);
            }
        });
    }

    private void placeNotTaken(long mine, Throwable failure) {
        if (!(cause(failure) instanceof StoreException why)) {
            String message = "The cluster's state in ZooKeeper can't be read: "
                    + cause(failure).getMessage();
            LOG.error(message, failure);
            obstacle(Kind.UNKNOWN_CONTENT, message);
            joined.completeExceptionally(new ClusterStartException(Kind.UNKNOWN_CONTENT, message));
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

    private void resign() {
        Controller active = controller;
        controller = null;
        requests.end();
        if (active != null) {
            active.resign();
        }
    }

    private void obstacle(Kind kind, String message) {
        if (!message.equals(lastObstacle)) {
            LOG.warn(message);
        }
        lastObstacleKind = kind;
        lastObstacle = message;
    }

    private void failLater(CompletableFuture<?> start) {
        Cancellable timer = loop.schedule(
                options.startTimeoutMs(),
                () -> start.completeExceptionally(new ClusterStartException(
                        lastObstacleKind, lastObstacle + " (waited " + options.startTimeoutMs() + " ms)")));
        start.whenComplete((value, failure) -> timer.cancel());
    }

    private static Throwable cause(Throwable failure) {
        Throwable each = failure;
        while (each instanceof CompletionException && each.getCause() != null) {
            each = each.getCause();
        }
        return each;
    }
}
