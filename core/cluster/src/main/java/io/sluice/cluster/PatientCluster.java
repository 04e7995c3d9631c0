package io.sluice.cluster;

import io.sluice.base.Loop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Cluster} for people's programs, which give up when a change is refused since there is no controller for a
 * moment: the broker that is it stops, or ZooKeeper's ensemble elects. What was refused for such a reason, and therefore
 * not begun, is asked for again until it is begun or patience ends. What brokers ask for by themselves is passed on as it
 * is: they know better when to ask again.
 *
 * <p>Any thread may call; what waits belongs to the control loop. A bounded number of calls wait, the others are answered
 * at once.
 */
public final class PatientCluster implements Cluster {
    /** Longer than an ensemble needs to elect after its leader has stopped; clients that wait for 5 s learn the reason. */
    public static final long PATIENCE_MS = 3_000;

    private static final long ASK_AGAIN_MS = 100;
    private static final int MAX_WAITING = 1_000;

    private final Loop loop;
    private final Cluster cluster;
    private final AtomicInteger waiting = new AtomicInteger();

    /** @param loop the control loop */
    public PatientCluster(Loop loop, Cluster cluster) {
        this.loop = loop;
        this.cluster = cluster;
    }

    @Override
    public ClusterImage image() {
        return cluster.image();
    }

    @Override
    public void addListener(ImageListener listener) {
        cluster.addListener(listener);
    }

    @Override
    public long brokerEpoch() {
        return cluster.brokerEpoch();
    }

    @Override
    public CompletionStage<List<Outcome<TopicImage>>> createTopics(List<NewTopic> topics, boolean validateOnly) {
        return patiently(topics, open -> cluster.createTopics(open, validateOnly));
    }

    @Override
    public CompletionStage<List<Outcome<TopicImage>>> ensureTopics(List<NewTopic> topics) {
        return cluster.ensureTopics(topics); // clients ask again until the topic is there
    }

    @Override
    public CompletionStage<List<Outcome<TopicImage>>> deleteTopics(List<TopicRef> topics) {
        return patiently(topics, cluster::deleteTopics);
    }

    @Override
    public CompletionStage<List<Outcome<TopicImage>>> createPartitions(
            List<MorePartitions> requests, boolean validateOnly) {
        return patiently(requests, open -> cluster.createPartitions(open, validateOnly));
    }

    @Override
    public CompletionStage<Map<ConfigResource, Outcome<Map<String, String>>>> editConfigs(
            Map<ConfigResource, List<ConfigEdit>> edits, boolean validateOnly) {
        return patiently(edits, open -> cluster.editConfigs(open, validateOnly));
    }

    @Override
    public CompletionStage<Map<ConfigResource, Outcome<Map<String, String>>>> replaceConfigs(
            Map<ConfigResource, Map<String, String>> configs, boolean validateOnly) {
        return patiently(configs, open -> cluster.replaceConfigs(open, validateOnly));
    }

    @Override
    public CompletionStage<Outcome<ProducerIdBlock>> allocateProducerIds() {
        return cluster.allocateProducerIds();
    }

    @Override
    public CompletionStage<List<Outcome<PartitionImage>>> alterIsr(List<IsrChange> changes) {
        return cluster.alterIsr(changes);
    }

    @Override
    public CompletionStage<List<Outcome<PartitionImage>>> giveUpReplicas(List<LostReplica> lost) {
        return cluster.giveUpReplicas(lost);
    }

    @Override
    public CompletionStage<Outcome<Integer>> leaveLeadership() {
        return cluster.leaveLeadership();
    }

    @Override
    public CompletionStage<Outcome<Integer>> reportRoom(boolean hasRoom) {
        return cluster.reportRoom(hasRoom);
    }

    @Override
    public CompletionStage<List<Outcome<PartitionImage>>> electLeaders(
            Election election, List<PartitionRef> partitions) {
        return patiently(partitions, open -> cluster.electLeaders(election, open));
    }

    @Override
    public CompletionStage<List<Outcome<PartitionImage>>> reassign(List<PartitionMove> moves) {
        return patiently(moves, cluster::reassign);
    }

    @Override
    public CompletionStage<Outcome<Integer>> unregisterBroker(int brokerId) {
        Function<List<Integer>, CompletionStage<List<Outcome<Integer>>>> ask =
                open -> cluster.unregisterBroker(brokerId).thenApply(List::of);
        return patiently(List.of(brokerId), ask).thenApply(one -> one.get(0));
    }

    private <V, T> CompletionStage<Map<ConfigResource, Outcome<T>>> patiently(
            Map<ConfigResource, V> changes,
            Function<Map<ConfigResource, V>, CompletionStage<Map<ConfigResource, Outcome<T>>>> ask) {
        List<ConfigResource> resources = List.copyOf(changes.keySet());
        Function<List<ConfigResource>, CompletionStage<List<Outcome<T>>>> askSome = open -> {
            Map<ConfigResource, V> some = new LinkedHashMap<>();
            open.forEach(resource -> some.put(resource, changes.get(resource)));
            return ask.apply(some)
                    .thenApply(outcomes -> open.stream().map(outcomes::get).toList());
        };
        return patiently(resources, askSome).thenApply(outcomes -> {
            Map<ConfigResource, Outcome<T>> byResource = new LinkedHashMap<>();
            for (int i = 0; i < resources.size(); i++) {
                byResource.put(resources.get(i), outcomes.get(i));
            }
            return byResource;
        });
    }

    private <R, T> CompletionStage<List<Outcome<T>>> patiently(
            List<R> requests, Function<List<R>, CompletionStage<List<Outcome<T>>>> ask) {
        CompletableFuture<List<Outcome<T>>> whole = new CompletableFuture<>();
        long askedAt = loop.clock().nanoTime();
        ask.apply(requests).thenAccept(outcomes -> {
            if (outcomes.stream().noneMatch(PatientCluster::wasNotBegun)) {
                whole.complete(outcomes);
            } else if (waiting.incrementAndGet() > MAX_WAITING) {
                waiting.decrementAndGet();
                whole.complete(outcomes);
            } else {
                new Waiting<>(List.copyOf(requests), ask, askedAt + PATIENCE_MS * 1_000_000, whole).answered(outcomes);
            }
        });
        return whole;
    }

    private static boolean wasNotBegun(@Nullable Outcome<?> outcome) {
        return outcome instanceof Outcome.Refused<?> refused
                && switch (refused.reason()) {
                    case NOT_CONTROLLER, COORDINATION_UNAVAILABLE -> true;
                    default -> false;
                };
    }

    /** A call of which something was not begun yet. Control loop, from the first answer to the last. */
    private final class Waiting<R, T> {
        private final List<R> requests;
        private final Function<List<R>, CompletionStage<List<Outcome<T>>>> ask;
        private final long deadlineNanos;
        private final CompletableFuture<List<Outcome<T>>> whole;
        private List<Outcome<T>> outcomes = List.of();

        Waiting(
                List<R> requests,
                Function<List<R>, CompletionStage<List<Outcome<T>>>> ask,
                long deadlineNanos,
                CompletableFuture<List<Outcome<T>>> whole) {
            this.requests = requests;
            this.ask = ask;
            this.deadlineNanos = deadlineNanos;
            this.whole = whole;
        }

        void answered(List<Outcome<T>> now) {
            outcomes = now;
            List<Integer> open = new ArrayList<>();
            for (int i = 0; i < now.size(); i++) {
                if (wasNotBegun(now.get(i))) {
                    open.add(i);
                }
            }
            if (open.isEmpty() || loop.clock().nanoTime() >= deadlineNanos) {
                waiting.decrementAndGet();
                whole.complete(outcomes);
            } else {
                loop.schedule(ASK_AGAIN_MS, () -> askAgain(open));
            }
        }

        private void askAgain(List<Integer> open) {
            ask.apply(open.stream().map(requests::get).toList()).thenAccept(answers -> {
                List<Outcome<T>> now = new ArrayList<>(outcomes);
                for (int i = 0; i < open.size(); i++) {
                    now.set(open.get(i), answers.get(i));
                }
                answered(now);
            });
        }
    }
}
