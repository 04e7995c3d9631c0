package io.sluice.engine;

import io.sluice.base.ManualLoop;
import io.sluice.cluster.BrokerIds;
import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.Cluster;
import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.ConfigEdit;
import io.sluice.cluster.ConfigResource;
import io.sluice.cluster.Election;
import io.sluice.cluster.Endpoint;
import io.sluice.cluster.ImageChange;
import io.sluice.cluster.ImageEvent;
import io.sluice.cluster.ImageListener;
import io.sluice.cluster.ImageVersion;
import io.sluice.cluster.IsrChange;
import io.sluice.cluster.LostReplica;
import io.sluice.cluster.MorePartitions;
import io.sluice.cluster.NewTopic;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.PartitionMove;
import io.sluice.cluster.PartitionRef;
import io.sluice.cluster.ProducerIdBlock;
import io.sluice.cluster.Refusal;
import io.sluice.cluster.TopicImage;
import io.sluice.cluster.TopicRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * Stands in for the controller where a test wants to decide itself: keeps one image, shows it to each broker's
 * {@link Cluster}, elects whom the test says, and answers requests for other in-sync sets by the rules, or not at all.
 */
public final class HandMadeController {
    /** What becomes of requests to the controller. */
    public enum Mood {
        ANSWERS,
        /** Carries requests out, but the answers are lost. */
        LOSES_ANSWERS,
        /** Can't be reached. */
        AWAY
    }

    private final ManualLoop loop;
    private final Map<Integer, View> views = new TreeMap<>();
    private final List<IsrChange> asked = new ArrayList<>();
    private final List<Integer> factorsAsked = new ArrayList<>();
    private final List<String> reports = new ArrayList<>();
    private final List<Integer> movesAsked = new ArrayList<>();
    private ClusterImage image = ClusterImage.empty("cluster");
    private Mood mood = Mood.ANSWERS;
    private long nextEpoch = 100;

    public HandMadeController(ManualLoop loop) {
        this.loop = loop;
    }

    public void mood(Mood changed) {
        mood = changed;
    }

    public ClusterImage image() {
        return image;
    }

    /** Every change of an in-sync set that was asked for, repetitions too. */
    public List<IsrChange> asked() {
        return asked;
    }

    /** With how many replicas topics were asked for that are not there. */
    public List<Integer> factorsAsked() {
        return factorsAsked;
    }

    /** What brokers have said of their disks; the image shows it, elections are the test's business. */
    public List<String> reports() {
        return reports;
    }

    /** Who has asked for moves, once for each request that was carried out. */
    public List<Integer> movesAsked() {
        return movesAsked;
    }

    /** Which broker the image names as controller; it is the test that decides all the same. */
    public void controllerIs(int brokerId) {
        publish(new ImageEvent.ControllerChanged(brokerId));
    }

    /** A fresh view for a process of this broker; an earlier one hears nothing more. */
    public Cluster connect(int brokerId) {
        View view = new View(brokerId);
        View before = views.put(brokerId, view);
        if (before != null) {
            before.connected = false;
        }
        return view;
    }

    /** Images no longer reach the broker, nor its requests the controller. */
    public void disconnect(int brokerId) {
        View view = views.get(brokerId);
        if (view != null) {
            view.connected = false;
        }
    }

    /** Images reach the broker late, on {@link #reconnect}; its requests reach the controller. */
    public void holdImages(int brokerId) {
        View view = views.get(brokerId);
        if (view != null) {
            view.held = true;
        }
    }

    /** The broker hears of all that it missed. */
    public void reconnect(int brokerId) {
        View view = views.get(brokerId);
        if (view != null) {
            view.connected = true;
            view.held = false;
            view.catchUp();
        }
    }

    public void register(int brokerId) {
        List<Endpoint> endpoints = List.of(new Endpoint("PLAINTEXT", "PLAINTEXT", "127.0.0.1", 9092 + brokerId));
        publish(new ImageEvent.BrokerRegistered(new BrokerInfo(brokerId, nextEpoch++, endpoints, Optional.empty())));
    }

    /** The broker's registration is gone; elections are the test's business. */
    public void lose(int brokerId) {
        publish(new ImageEvent.BrokerGone(brokerId));
    }

    /** A topic whose partitions all have these replicas, led by the first and all in sync. */
    public TopicImage createTopic(String name, int partitions, Map<String, String> configs, int... replicas) {
        PartitionImage each = new PartitionImage(replicas[0], 0, BrokerIds.of(replicas), BrokerIds.of(replicas), 0);
        TopicImage topic =
                new TopicImage(new UUID(7, name.hashCode()), name, configs, Collections.nCopies(partitions, each));
        publish(new ImageEvent.TopicCreated(topic));
        return topic;
    }

    public void deleteTopic(String name) {
        publish(new ImageEvent.TopicDeleted(image.topic(name).orElseThrow().id()));
    }

    public void configure(String name, Map<String, String> configs) {
        TopicImage before = image.topic(name).orElseThrow();
        publish(new ImageEvent.TopicChanged(new TopicImage(before.id(), name, configs, before.partitions())));
    }

    /** Sets what holds for one broker from now on. */
    public void configureBroker(int brokerId, Map<String, String> configs) {
        publish(new ImageEvent.ConfigsChanged(ConfigResource.broker(brokerId), configs));
    }

    public PartitionImage state(String topic, int partition) {
        return image.partition(topic, partition).orElseThrow();
    }

    /** Makes another broker the leader, in a new epoch, with these in sync. */
    public void elect(String topic, int partition, int leader, int... isr) {
        change(
                topic,
                partition,
                now -> new PartitionImage(
                        leader, now.leaderEpoch() + 1, now.replicas(), BrokerIds.of(isr), now.partitionEpoch() + 1));
    }

    /** As {@link #elect} for all partitions of a topic at once, as when a broker has died. */
    public void electAll(String name, int leader, int... isr) {
        TopicImage before = image.topic(name).orElseThrow();
        TreeMap<Integer, PartitionImage> after = new TreeMap<>();
        for (int i = 0; i < before.partitionCount(); i++) {
            PartitionImage now = before.partitions().get(i);
            after.put(
                    i,
                    new PartitionImage(
                            leader,
                            now.leaderEpoch() + 1,
                            now.replicas(),
                            BrokerIds.of(isr),
                            now.partitionEpoch() + 1));
        }
        publish(new ImageEvent.PartitionsChanged(before.id(), after));
    }

    /** Changes the in-sync set without asking anybody, as when a broker dies. */
    public void inSync(String topic, int partition, int... isr) {
        change(
                topic,
                partition,
                now -> new PartitionImage(
                        now.leader(), now.leaderEpoch(), now.replicas(), BrokerIds.of(isr), now.partitionEpoch() + 1));
    }

    public void assign(String topic, int partition, int... replicas) {
        change(
                topic,
                partition,
                now -> new PartitionImage(
                        now.leader(), now.leaderEpoch(), BrokerIds.of(replicas), now.isr(), now.partitionEpoch() + 1));
    }

    private void change(String name, int partition, UnaryOperator<PartitionImage> how) {
        TopicImage before = image.topic(name).orElseThrow();
        PartitionImage after = how.apply(before.partitions().get(partition));
        publish(new ImageEvent.PartitionsChanged(before.id(), new TreeMap<>(Map.of(partition, after))));
    }

    private void publish(ImageEvent event) {
        image = image.draft()
                .apply(event)
                .seal(new ImageVersion(1, image.version().sequence() + 1));
        views.values().forEach(view -> view.hear(event));
    }

    private Outcome<PartitionImage> alter(int asker, IsrChange change) {
        asked.add(change);
        TopicImage topic = image.topic(change.topicId()).orElse(null);
        if (topic == null) {
            return Outcome.refused(Refusal.UNKNOWN_TOPIC_ID, "no such topic");
        }
        PartitionImage now = topic.partitions().get(change.partition());
        BrokerIds wanted = BrokerIds.copyOf(
                change.isr().stream().map(IsrChange.Member::brokerId).toList());
        if (now.leader() != asker || now.leaderEpoch() != change.leaderEpoch()) {
            return Outcome.refused(Refusal.FENCED_LEADER_EPOCH, "another leader epoch");
        }
        if (now.partitionEpoch() != change.partitionEpoch()) {
            return now.isr().equals(wanted)
                    ? Outcome.done(now)
                    : Outcome.refused(Refusal.STALE_PARTITION_EPOCH, "another partition epoch");
        }
        for (IsrChange.Member member : change.isr()) {
            long registered =
                    image.broker(member.brokerId()).map(BrokerInfo::epoch).orElse(-1L);
            if (registered != member.brokerEpoch()) {
                return Outcome.refused(Refusal.INELIGIBLE_REPLICA, "broker " + member.brokerId() + " is another");
            }
        }
        inSync(topic.name(), change.partition(), wanted.toIntArray());
        return Outcome.done(state(topic.name(), change.partition()));
    }

    /** As the real one, but that any other replica in sync can lead. */
    private Outcome<PartitionImage> giveUp(int asker, LostReplica lost) {
        TopicImage topic = image.topic(lost.topicId()).orElse(null);
        if (topic == null) {
            return Outcome.refused(Refusal.UNKNOWN_TOPIC_ID, "no such topic");
        }
        PartitionImage now = topic.partitions().get(lost.partition());
        boolean counts = now.isLedBy(asker) || now.isr().has(asker) || lost.toldEpoch() >= now.leaderEpoch();
        if (!counts) {
            return Outcome.done(now);
        }
        BrokerIds rest = now.isr().without(asker);
        if (rest.isEmpty()) {
            return Outcome.refused(Refusal.ELIGIBLE_LEADERS_NOT_AVAILABLE, "no other is in sync");
        }
        int leader = rest.has(now.leader()) ? now.leader() : rest.at(0);
        elect(topic.name(), lost.partition(), leader, rest.toIntArray());
        return Outcome.done(state(topic.name(), lost.partition()));
    }

    /** Moves at once; the new replicas have yet to catch up. */
    private PartitionImage moved(PartitionMove move) {
        PartitionRef partition = move.partition();
        assign(
                partition.topic(),
                partition.partition(),
                move.target().orElseThrow().toIntArray());
        return state(partition.topic(), partition.partition());
    }

    /** What one process sees. */
    private final class View implements Cluster {
        private final int brokerId;
        private final List<ImageListener> listeners = new ArrayList<>();
        private final List<ImageEvent> missed = new ArrayList<>();
        private ClusterImage seen = image;
        private boolean connected = true;
        private boolean held;

        View(int brokerId) {
            this.brokerId = brokerId;
        }

        private void hear(ImageEvent event) {
            missed.add(event);
            if (connected && !held) {
                catchUp();
            }
        }

        private void catchUp() {
            if (missed.isEmpty()) {
                return;
            }
            ImageChange change = new ImageChange(seen, image, List.copyOf(missed));
            missed.clear();
            seen = image;
            List.copyOf(listeners).forEach(listener -> listener.imageChanged(change));
        }

        @Override
        public ClusterImage image() {
            return seen;
        }

        @Override
        public void addListener(ImageListener listener) {
            List<ImageEvent> all = new ArrayList<>();
            seen.brokers().values().forEach(broker -> all.add(new ImageEvent.BrokerRegistered(broker)));
            seen.topics().forEach(topic -> all.add(new ImageEvent.TopicCreated(topic)));
            listener.imageChanged(new ImageChange(ClusterImage.empty("cluster"), seen, all));
            listeners.add(listener);
        }

        @Override
        public CompletionStage<List<Outcome<PartitionImage>>> alterIsr(List<IsrChange> changes) {
            CompletableFuture<List<Outcome<PartitionImage>>> answer = new CompletableFuture<>();
            loop.execute(() -> {
                boolean away = !connected || mood == Mood.AWAY;
                List<Outcome<PartitionImage>> outcomes = new ArrayList<>();
                for (IsrChange change : changes) {
                    outcomes.add(
                            away
                                    ? Outcome.refused(Refusal.NOT_CONTROLLER, "nobody is controller")
                                    : alter(brokerId, change));
                }
                if (!away && mood == Mood.LOSES_ANSWERS) {
                    outcomes.replaceAll(lost -> Outcome.refused(Refusal.OUTCOME_UNKNOWN, "the answer was lost"));
                }
                answer.complete(outcomes);
            });
            return answer;
        }

        @Override
        public CompletionStage<List<Outcome<PartitionImage>>> giveUpReplicas(List<LostReplica> lost) {
            CompletableFuture<List<Outcome<PartitionImage>>> answer = new CompletableFuture<>();
            loop.execute(() -> {
                boolean away = !connected || mood == Mood.AWAY;
                answer.complete(lost.stream()
                        .map(each -> away
                                ? Outcome.<PartitionImage>refused(Refusal.NOT_CONTROLLER, "nobody is controller")
                                : giveUp(brokerId, each))
                        .toList());
            });
            return answer;
        }

        @Override
        public long brokerEpoch() {
            return seen.broker(brokerId).map(BrokerInfo::epoch).orElse(-1L);
        }

        private Outcome<TopicImage> refuse(NewTopic topic) {
            factorsAsked.add(topic.replicationFactor());
            return topic.replicationFactor() > image.brokers().size()
                    ? Outcome.refused(Refusal.INVALID_REPLICATION_FACTOR, "too few brokers")
                    : Outcome.refused(Refusal.NOT_CONTROLLER, "the test creates topics");
        }

        @Override
        public CompletionStage<List<Outcome<TopicImage>>> ensureTopics(List<NewTopic> topics) {
            List<Outcome<TopicImage>> outcomes = new ArrayList<>();
            for (NewTopic topic : topics) {
                outcomes.add(image.topic(topic.name())
                        .<Outcome<TopicImage>>map(Outcome::done)
                        .orElseGet(() -> refuse(topic)));
            }
            return CompletableFuture.completedFuture(outcomes);
        }

        @Override
        public CompletionStage<List<Outcome<TopicImage>>> createTopics(List<NewTopic> topics, boolean validateOnly) {
            return notHere();
        }

        @Override
        public CompletionStage<List<Outcome<TopicImage>>> deleteTopics(List<TopicRef> topics) {
            return notHere();
        }

        @Override
        public CompletionStage<List<Outcome<TopicImage>>> createPartitions(
                List<MorePartitions> requests, boolean validateOnly) {
            return notHere();
        }

        @Override
        public CompletionStage<Map<ConfigResource, Outcome<Map<String, String>>>> editConfigs(
                Map<ConfigResource, List<ConfigEdit>> edits, boolean validateOnly) {
            return notHere();
        }

        @Override
        public CompletionStage<Map<ConfigResource, Outcome<Map<String, String>>>> replaceConfigs(
                Map<ConfigResource, Map<String, String>> configs, boolean validateOnly) {
            return notHere();
        }

        @Override
        public CompletionStage<Outcome<ProducerIdBlock>> allocateProducerIds() {
            return notHere();
        }

        @Override
        public CompletionStage<Outcome<Integer>> reportRoom(boolean hasRoom) {
            CompletableFuture<Outcome<Integer>> answer = new CompletableFuture<>();
            loop.execute(() -> {
                if (!connected || mood == Mood.AWAY) {
                    answer.complete(Outcome.refused(Refusal.NOT_CONTROLLER, "nobody is controller"));
                    return;
                }
                reports.add(brokerId + (hasRoom ? " has room" : " is full"));
                BrokerInfo info = image.broker(brokerId).orElseThrow();
                publish(new ImageEvent.BrokerRegistered(new BrokerInfo(
                        brokerId,
                        info.epoch(),
                        info.endpoints(),
                        info.rack(),
                        info.proven(),
                        info.minInSync(),
                        hasRoom ? BrokerInfo.Condition.SERVING : BrokerInfo.Condition.FULL)));
                answer.complete(Outcome.done(0));
            });
            return answer;
        }

        @Override
        public CompletionStage<Outcome<Integer>> leaveLeadership() {
            return notHere();
        }

        @Override
        public CompletionStage<List<Outcome<PartitionImage>>> electLeaders(
                Election election, List<PartitionRef> partitions) {
            return notHere();
        }

        @Override
        public CompletionStage<List<Outcome<PartitionImage>>> reassign(List<PartitionMove> moves) {
            CompletableFuture<List<Outcome<PartitionImage>>> answer = new CompletableFuture<>();
            loop.execute(() -> {
                boolean away = !connected || mood == Mood.AWAY;
                if (!away) {
                    movesAsked.add(brokerId);
                }
                answer.complete(moves.stream()
                        .map(move -> away
                                ? Outcome.<PartitionImage>refused(Refusal.NOT_CONTROLLER, "nobody is controller")
                                : Outcome.done(moved(move)))
                        .toList());
            });
            return answer;
        }

        @Override
        public CompletionStage<Outcome<Integer>> unregisterBroker(int broker) {
            return notHere();
        }

        private <T> CompletionStage<T> notHere() {
            return CompletableFuture.failedFuture(new UnsupportedOperationException("the test decides"));
        }
    }
}
