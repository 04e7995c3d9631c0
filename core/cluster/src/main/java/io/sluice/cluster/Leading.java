package io.sluice.cluster;

import io.sluice.base.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part while it is controller: reads the state of the cluster, runs a {@link Controller} for the term, keeps
 * it told of who is registered, and serves the image and their calls to the other brokers. Between terms it refuses what
 * only a controller can do. Control loop.
 */
final class Leading {
    private static final Logger LOG = LoggerFactory.getLogger(Leading.class);
    private static final long RETRY_MS = 50;
    private static final StoreOp GIVE_UP = new StoreOp.Delete(StorePaths.CONTROLLER, StoreOp.ANY_VERSION);

    /** What the node is told. */
    interface Events {
        /** The first image of a term was published. */
        void led(ClusterImage first);

        /** This node leads no more, or its registration is gone: look again. */
        void placeInDoubt();

        /** The store's answer leaves no way to go on. */
        void failed(Throwable failure);
    }

    private final Loop loop;
    private final CoordinationStore store;
    private final ImageFeed feed;
    private final Self self;
    private final ControllerRequests requests;
    private final Parts parts;
    private final StateLoader loader;
    private final LiveBrokers liveBrokers;
    private final ImageServer images;
    private final ControllerService service;
    private boolean connected;
    /** Counts terms and their ends; answers to what an earlier one asked are dropped. */
    private long term;

    private @Nullable Controller controller;
    private boolean handingOver;

    /** What leading works with besides the node's own parts. */
    record Parts(
            PeerMessages peers, DeadBrokers deadBrokers, LogEndService logEnds, Events events, long answerWithinMs) {}

    Leading(Loop loop, CoordinationStore store, ImageFeed feed, Self self, ControllerRequests requests, Parts parts) {
        this.loop = loop;
        this.store = store;
        this.feed = feed;
        this.self = self;
        this.requests = requests;
        this.parts = parts;
        this.loader = new StateLoader(store);
        this.liveBrokers = new LiveBrokers(loader, this::lookAtBrokers);
        this.images = new ImageServer(loop);
        this.service =
                new ControllerService(loop, images, requests, new Pollers(loop, this::pollsEnded), parts.logEnds());
    }

    ControllerService service() {
        return service;
    }

    boolean isActive() {
        return controller != null;
    }

    /** Whether the last write of the term is on its way, and what was asked for before it. */
    boolean isHandingOver() {
        return handingOver;
    }

    /** This node was elected. */
    void begin(Term elected) {
        long mine = ++term;
        connected = true;
        loader.load()
                .thenCombine(liveBrokers.look(), (state, brokers) -> {
                    if (mine == term) {
                        beginTerm(mine, elected, state, brokers);
                    }
                    return state;
                })
                .whenComplete((state, failure) -> {
                    if (failure != null && mine == term) {
                        if (isUnreadable(failure)) {
                            store.multi(elected.fenced(List.of(GIVE_UP)));
                        }
                        parts.events().failed(failure);
                    }
                });
    }

    /** Whether the store holds what this version can't read: another broker, of a newer one, may be able to lead. */
    static boolean isUnreadable(Throwable failure) {
        return !(StoreException.cause(failure) instanceof StoreException);
    }

    private void beginTerm(long mine, Term elected, StateLoader.State state, List<BrokerInfo> brokers) {
        ClusterImage image = ClusterImage.empty(self.clusterId())
                .draft()
                .applyAll(eventsOf(state, brokers))
                .seal(new ImageVersion(elected.epoch(), 0));
        LOG.info(
                "controller elected broker={} epoch={} topics={} partitions={} brokers={}",
                self.brokerId(),
                elected.epoch(),
                image.topicCount(),
                image.partitionCount(),
                image.brokers().keySet());
        Controller active = new Controller(
                loop, store, elected, image, requests::layers, new TermEvents(mine), parts.answerWithinMs());
        controller = active;
        requests.begin(active, state.nextProducerId(), self.brokerEpoch(), images::whenSeen);
        active.begin(state.notedEpochs(), brokers, first -> {
            feed.reset(first);
            images.begin(first);
            parts.events().led(first);
        });
        lookAtBrokersAgain();
    }

    private List<ImageEvent> eventsOf(StateLoader.State state, List<BrokerInfo> brokers) {
        List<ImageEvent> events = new ArrayList<>(state.topics().size() + brokers.size() + 1);
        events.add(new ImageEvent.ControllerChanged(self.brokerId()));
        brokers.forEach(broker -> events.add(new ImageEvent.BrokerRegistered(broker)));
        state.configs().forEach((resource, configs) -> events.add(new ImageEvent.ConfigsChanged(resource, configs)));
        state.topics().forEach(topic -> events.add(new ImageEvent.TopicCreated(topic)));
        return events;
    }

    private final class TermEvents implements Controller.Events {
        private final long mine;
        private final LastKnownQuery lastKnown;

        TermEvents(long mine) {
            this.mine = mine;
            this.lastKnown = new LastKnownQuery(loop, parts.peers(), self, parts.logEnds(), orders -> {
                Controller active = controller;
                if (mine == term && active != null) {
                    active.lastKnownAre(orders);
                }
            });
        }

        @Override
        public void published(ImageChange change) {
            feed.publish(change);
            images.published(change);
        }

        @Override
        public void vacant(List<Vacancy> partitions, ClusterImage image) {
            lastKnown.ask(partitions, image);
        }

        @Override
        public void deposed(String why) {
            controller = null;
            handingOver = false;
            requests.end();
            images.end();
            if (mine == term) {
                parts.events().placeInDoubt();
            }
        }
    }

    /** Ends the term, if there is one. */
    void resign() {
        term++;
        handingOver = false;
        Controller active = controller;
        controller = null;
        requests.end();
        if (active != null) {
            images.end();
            active.resign();
        }
    }

    /**
     * Ends the term in an orderly way: what was asked for is decided and written, then the place is given up by the last
     * write of the term, for others to take. {@code then} runs when that is done or has failed.
     */
    void handOver(Runnable then) {
        Controller active = controller;
        if (active == null) {
            then.run();
            return;
        }
        long mine = term;
        handingOver = true;
        requests.finish();
        active.submit(
                draft -> Outcome.done(Plans.of(new Plan<>(List.of(GIVE_UP), List.of(), true))), false, outcome -> {
                    LOG.info("controller stands down broker={} done={}", self.brokerId(), outcome.isDone());
                    if (mine == term) {
                        resign();
                    }
                    then.run();
                });
    }

    void disconnected() {
        connected = false;
        Controller active = controller;
        if (active != null) {
            active.disconnected();
        }
    }

    /** The session goes on over a new connection. */
    void reconnected() {
        connected = true;
        Controller active = controller;
        if (active != null) {
            active.reconnected();
            lookAtBrokersAgain();
        }
    }

    private void lookAtBrokersAgain() {
        if (!liveBrokers.isCurrent()) {
            lookAtBrokers();
        }
    }

    /** Brokers came or went. One that no controller can act on now is looked at when one can. */
    private void lookAtBrokers() {
        long mine = term;
        if (controller == null) {
            return;
        }
        liveBrokers.look().whenComplete((brokers, failure) -> {
            Controller active = controller;
            if (mine != term || active == null) {
                return;
            }
            if (failure != null && StoreException.isConnectionLost(failure)) {
                if (connected) {
                    loop.schedule(RETRY_MS, this::lookAtBrokersAgain);
                } // else the next connection looks again
            } else if (failure != null && isUnreadable(failure)) {
                handOver(() -> parts.events().failed(failure));
            } else if (failure != null) {
                parts.events().failed(failure);
            } else if (brokers.stream().noneMatch(broker -> broker.epoch() == self.brokerEpoch())) {
                LOG.warn("registration vanished broker={} epoch={}", self.brokerId(), self.brokerEpoch());
                parts.events().placeInDoubt();
            } else {
                active.brokersAre(brokers);
            }
        });
    }

    /** A broker's connection closed, and it polls no more: find out whether it is dead. */
    private boolean pollsEnded(Asker asker) {
        Optional<BrokerInfo> registered = images.image()
                .flatMap(image -> image.broker(asker.brokerId()))
                .filter(broker -> broker.epoch() == asker.brokerEpoch());
        registered.ifPresent(parts.deadBrokers()::suspect);
        return registered.isPresent();
    }
}
