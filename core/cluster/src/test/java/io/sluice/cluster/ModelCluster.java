package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.EpochChain;
import io.sluice.base.ManualLoop;
import io.sluice.base.SeededEntropy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The real controller over the fake store, replaced now and then, with {@link ModelBroker}s that follow its decisions.
 * Checks after every step what must always hold, whatever is delayed, lost or killed.
 */
final class ModelCluster {
    static final int BROKERS = 4;
    static final int PARTITIONS = 2;

    final ManualLoop loop = new ManualLoop();
    final FakeCoordination server = new FakeCoordination();
    final List<ModelBroker> brokers = new ArrayList<>();
    final Map<Integer, List<ModelBroker.Entry>> acked = new HashMap<>();
    private final Random random;
    private final Map<String, Integer> leaders = new HashMap<>();
    /** Partitions where a leader was elected that may lack records. */
    final Set<Integer> mayHaveLost = new HashSet<>();

    private final List<AssertionError> found = new ArrayList<>();
    private Optional<ClusterImage> latest = Optional.empty();
    private FakeStore seat;
    private ControllerRequests requests;
    private UUID topicId = new UUID(0, 0);

    ModelCluster(Random random) {
        this.random = random;
        this.seat = connected();
        new Bootstrap(seat, new SeededEntropy(1)).clusterId(Optional.empty());
        loop.runAll();
        this.requests = newRequests();
        for (int id = 1; id <= BROKERS; id++) {
            brokers.add(new ModelBroker(id, connected()));
            start(broker(id));
        }
        takeOver();
        TopicImage topic = ((Outcome.Done<TopicImage>) await(requests.createTopics(
                                List.of(new NewTopic(
                                        "orders", PARTITIONS, 3, List.of(), Map.of("min.insync.replicas", "2"))),
                                false))
                        .get(0))
                .value();
        topicId = topic.id();
        for (int i = 0; i < PARTITIONS; i++) {
            acked.put(i, new ArrayList<>());
        }
        deliverAll();
    }

    ModelBroker broker(int id) {
        return brokers.get(id - 1);
    }

    Cluster requests() {
        return requests;
    }

    TopicImage topic() {
        return latest.orElseThrow().topic(topicId).orElseThrow();
    }

    private FakeStore connected() {
        return connected(new Controller[1]);
    }

    /** A client whose connection is that of {@code controller}, once there is one. */
    private FakeStore connected(Controller[] controller) {
        FakeStore store = new FakeStore(loop, server);
        store.start(new CoordinationStore.SessionListener() {
            @Override
            public void connected(long sessionId, boolean fresh) {
                if (controller[0] != null) {
                    controller[0].reconnected();
                }
            }

            @Override
            public void disconnected() {
                if (controller[0] != null) {
                    controller[0].disconnected();
                }
            }

            @Override
            public void expired() {}
        });
        loop.runAll();
        return store;
    }

    private ControllerRequests newRequests() {
        return new ControllerRequests(loop, new ImageFeed(loop), new SeededEntropy(7), 99, Map.of(), 1_000_000);
    }

    private <T> T await(java.util.concurrent.CompletionStage<T> stage) {
        loop.runAll();
        return stage.toCompletableFuture().getNow(null);
    }

    /** Another controller is elected; the one before is not told, and goes on as if it were the only one. */
    void takeOver() {
        Controller[] controller = new Controller[1];
        seat = connected(controller);
        ControllerRequests mine = newRequests();
        requests = mine;
        StoredNode fence = server.get(StorePaths.CONTROLLER_EPOCH);
        int epoch = Integer.parseInt(NodeCodec.plain(fence.data())) + 1;
        int version = server.set(
                        StorePaths.CONTROLLER_EPOCH,
                        NodeCodec.plain(Integer.toString(epoch)),
                        fence.stat().version())
                .version();
        FakeStore own = seat;
        StateLoader loader = new StateLoader(own);
        StateLoader.State state = await(loader.load());
        Runnable[] look = new Runnable[1];
        look[0] = () -> loader.brokers(look[0]).thenAccept(live -> controller[0].brokersAre(live));
        List<BrokerInfo> registered = await(loader.brokers(() -> look[0].run()));
        List<ImageEvent> events = new ArrayList<>();
        registered.forEach(broker -> events.add(new ImageEvent.BrokerRegistered(broker)));
        state.topics().forEach(topic -> events.add(new ImageEvent.TopicCreated(topic)));
        ClusterImage image = ClusterImage.empty("c").draft().applyAll(events).seal(new ImageVersion(epoch, 0));
        controller[0] = new Controller(
                loop,
                own,
                new Term(epoch, version),
                image,
                mine::layers,
                new Publisher(mine, () -> controller[0]),
                5_000);
        mine.begin(controller[0], 0, -1, Runnable::run);
        controller[0].begin(state.notedEpochs(), registered, this::published);
        loop.runAll();
    }

    private final class Publisher implements Controller.Events {
        private final ControllerRequests mine;
        private final Supplier<Controller> own;

        Publisher(ControllerRequests mine, Supplier<Controller> own) {
            this.mine = mine;
            this.own = own;
        }

        @Override
        public void published(ImageChange change) {
            ModelCluster.this.published(change.after());
        }

        /** As their logs are; sometimes nobody is heard, and the assignment decides. */
        @Override
        public void vacant(List<Vacancy> partitions, ClusterImage image) {
            Map<Vacancy, BrokerIds> orders = new HashMap<>();
            for (Vacancy vacancy : partitions) {
                List<Integer> candidates = new ArrayList<>(vacancy.byAssignment());
                if (random.nextInt(4) > 0) {
                    candidates.sort(Comparator.comparing(
                            (Integer id) -> broker(id).end(vacancy.partition()), Comparator.reverseOrder()));
                }
                orders.put(vacancy, BrokerIds.copyOf(candidates));
            }
            own.get().lastKnownAre(orders);
        }

        @Override
        public void deposed(String why) {
            mine.end();
        }
    }

    private void published(ClusterImage image) {
        if (latest.isPresent() && image.version().compareTo(latest.get().version()) < 0) {
            return; // of a controller that was replaced: it wrote nothing, and brokers ignore it (R18)
        }
        Optional<TopicImage> before = latest.flatMap(old -> old.topic(topicId));
        latest = Optional.of(image);
        image.topic(topicId).ifPresent(topic -> {
            for (int i = 0; i < topic.partitionCount(); i++) {
                try {
                    check(i, topic.partitions().get(i), before.map(TopicImage::partitions));
                } catch (AssertionError e) {
                    found.add(e); // thrown here it would end in a stage that nobody looks at
                }
            }
        });
    }

    private void check(int index, PartitionImage now, Optional<List<PartitionImage>> before) {
        assertThat(now.isOffline() || now.isr().has(now.leader()))
                .as("r16 %s", now)
                .isTrue();
        BrokerIds candidates = now.isr().with(now.eligibility().elr());
        assertThat(candidates.without(now.replicas())).as("%s", now).isEmpty();
        assertThat(now.isr().in(now.eligibility().elr())).as("%s", now).isEmpty();
        if (before.isPresent()) {
            PartitionImage old = before.get().get(index);
            assertThat(now.leaderEpoch()).as("r9 %s after %s", now, old).isGreaterThanOrEqualTo(old.leaderEpoch());
            assertThat(now.partitionEpoch())
                    .as("r9 %s after %s", now, old)
                    .isGreaterThanOrEqualTo(old.partitionEpoch());
        }
        if (!now.isOffline()) {
            Integer other = leaders.putIfAbsent(index + " in " + now.leaderEpoch(), now.leader());
            assertThat(other == null || other == now.leader())
                    .as("r9: one leader per epoch: %s and %s", other, now)
                    .isTrue();
        }
        if (now.eligibility().recovering()) {
            mayHaveLost.add(index);
        }
    }

    void start(ModelBroker broker) {
        broker.store = connected();
        NodeStat stat = await(broker.store.create(
                StorePaths.broker(broker.id),
                NodeCodec.registration(new NodeCodec.Registration(
                        "d", List.of(), Optional.empty(), broker.proof, Optional.empty(), 0)),
                true));
        broker.epoch = stat.createdBy();
        broker.up = true;
    }

    /** The session ends at once, as it does when a closed connection is noticed. */
    void kill(ModelBroker broker, boolean keepsLog) {
        server.endSession(broker.store.session());
        broker.stop();
        if (keepsLog) {
            broker.proof = broker.proof.then(broker.epoch);
        } else {
            broker.proof = EpochChain.NONE;
            broker.lossySince = OptionalLong.of(broker.epoch);
            broker.logs.values().forEach(log -> {
                int kept = random.nextInt(log.size() + 1);
                log.subList(kept, log.size()).clear();
            });
        }
    }

    void expire(ModelBroker broker) {
        server.endSession(broker.store.session());
        broker.proof = broker.proof.then(broker.epoch);
        broker.view = Optional.empty();
        start(broker);
    }

    void deliver(ModelBroker broker) {
        broker.see(latest.orElseThrow(), topic());
    }

    void deliverAll() {
        brokers.forEach(this::deliver);
    }

    void advance(ModelBroker leader, int partition) {
        int minIsr = leader.view
                .flatMap(image -> image.topic(topicId))
                .map(topic -> PlannerFixture.rules(topic).minIsr())
                .orElse(Integer.MAX_VALUE);
        leader.advance(partition, minIsr);
        List<ModelBroker.Entry> all = acked.get(partition);
        List<ModelBroker.Entry> log = leader.log(partition);
        int end = leader.replica(partition).highWatermark;
        for (int i = all.size(); i < end; i++) {
            all.add(log.get(i));
        }
        if (!mayHaveLost.contains(partition)) {
            assertThat(log.subList(0, Math.min(end, all.size())))
                    .as("what was acknowledged is not written over")
                    .isEqualTo(all.subList(0, Math.min(end, all.size())));
        }
    }

    /** Sends what the leader wishes; the answer may be lost. */
    void ask(ModelBroker leader, int partition, boolean loseAnswer) {
        ModelBroker.Replica replica = leader.replica(partition);
        if (replica.pending.isEmpty() || replica.asked) {
            return;
        }
        IsrChange change = replica.pending.get();
        long process = leader.epoch;
        replica.asked = true;
        requests.alterIsr(new Asker(leader.id, leader.epoch), List.of(change)).thenAccept(outcomes -> {
            if (leader.up && leader.epoch == process && leader.replica(partition) == replica) {
                if (loseAnswer) {
                    replica.asked = false;
                } else {
                    leader.answered(partition, change, outcomes.get(0));
                }
            }
        });
    }

    void leave(ModelBroker broker) {
        requests.leaveLeadership(new Asker(broker.id, broker.epoch));
    }

    UUID topicId() {
        return topicId;
    }

    FakeStore seat() {
        return seat;
    }

    /** R14, the maximal safety set: whoever may be elected as things are written has all that was acknowledged. */
    void checkSafety(String when) {
        assertThat(found).as(when).isEmpty();
        TopicImage written = NodeCodec.topic(
                topicId,
                server.get(StorePaths.topic(topicId)).data(),
                server.get(StorePaths.partitions(topicId)).data());
        for (int i = 0; i < PARTITIONS; i++) {
            PartitionImage partition = written.partitions().get(i);
            if (partition.eligibility().recovering()) {
                mayHaveLost.add(i);
            }
            if (mayHaveLost.contains(i)) {
                continue;
            }
            List<ModelBroker.Entry> all = acked.get(i);
            for (int member : partition.isr().with(partition.eligibility().elr())) {
                ModelBroker broker = broker(member);
                if (!isKnownByALossyPast(broker)) {
                    List<ModelBroker.Entry> log = broker.log(i);
                    assertThat(log.subList(0, Math.min(log.size(), all.size())))
                            .as("%s: broker %d has what was acknowledged of %d: %s", when, member, i, partition)
                            .isEqualTo(all);
                }
            }
        }
    }

    private boolean isKnownByALossyPast(ModelBroker broker) {
        return broker.lossySince.isPresent() && broker.lossySince.getAsLong() >= notedEpoch(broker);
    }

    private long notedEpoch(ModelBroker broker) {
        return NodeCodec.notedEpoch(
                        server.get(StorePaths.brokerEpoch(broker.id)).data())
                .epoch();
    }
}
