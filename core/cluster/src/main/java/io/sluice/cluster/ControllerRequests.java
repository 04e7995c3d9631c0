package io.sluice.cluster;

import io.sluice.base.Entropy;
import io.sluice.base.Loop;
import io.sluice.cluster.settings.SettingLayers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@link Cluster} on the controller of this node: splits requests into single decisions, hands them to the controller on
 * the control loop, and gathers the outcomes. Requests of other brokers come here too, with the registration of the broker that asks. While
 * this node is not controller, all is refused as retriable.
 */
final class ControllerRequests implements Cluster {
    /** Producer ids taken at a time. */
    static final int PRODUCER_ID_BLOCK = 1000;

    private final Loop loop;
    private final ImageFeed feed;
    private final int brokerId;
    private final Map<String, String> staticSettings;
    private final TopicPlanner topics;
    private final ConfigPlanner configs;
    private @Nullable Controller controller;
    private Consumer<Runnable> whenSeen = Runnable::run;
    /** What was taken on is still decided, but nothing more is. */
    private boolean finishing;

    private long nextProducerId;
    private volatile long brokerEpoch = -1;

    ControllerRequests(
            Loop loop,
            ImageFeed feed,
            Entropy entropy,
            int brokerId,
            Map<String, String> staticSettings,
            int maxRequestBytes) {
        this.loop = loop;
        this.feed = feed;
        this.brokerId = brokerId;
        this.staticSettings = staticSettings;
        int maxNodeBytes = maxRequestBytes - 4096; // paths, the fence and the request's own overhead
        this.topics = new TopicPlanner(entropy, maxNodeBytes);
        this.configs = new ConfigPlanner(maxNodeBytes);
    }

    /**
     * A term of this node begins. Control loop.
     *
     * @param seen runs a task when the other brokers have the image as it is then
     */
    void begin(Controller elected, long firstFreeProducerId, long ownEpoch, Consumer<Runnable> seen) {
        whenSeen = seen;
        controller = elected;
        finishing = false;
        nextProducerId = firstFreeProducerId;
        brokerEpoch = ownEpoch;
    }

    /** This node is controller no longer. Control loop. */
    void end() {
        controller = null;
    }

    /** From now on everything new is refused; what waits is decided in this term. Control loop. */
    void finish() {
        finishing = true;
    }

    /** Whether this node is controller and takes requests. Control loop. */
    boolean isActive() {
        return controller != null && !finishing;
    }

    @Override
    public ClusterImage image() {
        return feed.image();
    }

    @Override
    public void addListener(ImageListener listener) {
        feed.addListener(listener);
    }

    @Override
    public CompletionStage<List<Outcome<TopicImage>>> createTopics(List<NewTopic> requests, boolean validateOnly) {
        Set<String> twice = namedTwice(requests.stream().map(NewTopic::name).toList());
        return forEach(
                requests,
                validateOnly,
                (draft, request) -> twice.contains(request.name())
                        ? namedTwice("Topic '" + request.name() + "'")
                        : topics.create(draft, noted(), layers(draft), request));
    }

    @Override
    public CompletionStage<List<Outcome<TopicImage>>> ensureTopics(List<NewTopic> requests) {
        return forEach(requests, false, (draft, request) -> {
            Optional<TopicImage> existing = draft.topic(request.name());
            return existing.isPresent()
                    ? Outcome.done(new Plan<>(List.of(), List.of(), existing.get()))
                    : topics.create(draft, noted(), layers(draft), request);
        });
    }

    @Override
    public CompletionStage<List<Outcome<TopicImage>>> deleteTopics(List<TopicRef> requests) {
        return forEach(requests, false, (draft, request) -> topics.delete(draft, layers(draft), request));
    }

    @Override
    public CompletionStage<List<Outcome<TopicImage>>> createPartitions(
            List<MorePartitions> requests, boolean validateOnly) {
        Set<String> twice =
                namedTwice(requests.stream().map(MorePartitions::topic).toList());
        return forEach(
                requests,
                validateOnly,
                (draft, request) -> twice.contains(request.topic())
                        ? namedTwice("Topic '" + request.topic() + "'")
                        : topics.morePartitions(draft, noted(), request));
    }

    @Override
    public CompletionStage<Map<ConfigResource, Outcome<Map<String, String>>>> editConfigs(
            Map<ConfigResource, List<ConfigEdit>> edits, boolean validateOnly) {
        List<Map.Entry<ConfigResource, List<ConfigEdit>>> entries = List.copyOf(edits.entrySet());
        return forEachInParts(
                        entries,
                        validateOnly,
                        (draft, entry) -> followed(
                                draft,
                                entry.getKey(),
                                configs.edit(draft, layers(draft, entry.getKey()), entry.getKey(), entry.getValue())))
                .thenApply(outcomes -> byResource(entries, outcomes));
    }

    @Override
    public CompletionStage<Map<ConfigResource, Outcome<Map<String, String>>>> replaceConfigs(
            Map<ConfigResource, Map<String, String>> replacements, boolean validateOnly) {
        List<Map.Entry<ConfigResource, Map<String, String>>> entries = List.copyOf(replacements.entrySet());
        return forEachInParts(
                        entries,
                        validateOnly,
                        (draft, entry) -> followed(
                                draft,
                                entry.getKey(),
                                configs.replace(
                                        draft, layers(draft, entry.getKey()), entry.getKey(), entry.getValue())))
                .thenApply(outcomes -> byResource(entries, outcomes));
    }

    /** The plan with what a changed min.insync.replicas means for partitions. */
    private Outcome<Plans<Map<String, String>>> followed(
            ImageDraft draft, ConfigResource changed, Outcome<Plan<Map<String, String>>> outcome) {
        return outcome.map(plan -> {
            SettingLayers after = SettingLayers.ofBroker(
                    brokerId, staticSettings, each -> each.equals(changed) ? plan.result() : draft.configs(each));
            return new EligibilityPlanner(draft, layers(draft), after).follow(plan);
        });
    }

    @Override
    public CompletionStage<Outcome<ProducerIdBlock>> allocateProducerIds() {
        return allocateProducerIds(new Asker(brokerId, brokerEpoch));
    }

    /** The same for any broker, under the registration by which it asks. */
    CompletionStage<Outcome<ProducerIdBlock>> allocateProducerIds(Asker asker) {
        CompletableFuture<Outcome<ProducerIdBlock>> answer = new CompletableFuture<>();
        loop.run(() -> submit(draft -> planProducerIds(draft, asker), false, answer::complete));
        return answer;
    }

    /** T5: a block is taken by a write behind the fence, by a broker that is still who it was when it asked. */
    private Outcome<Plan<ProducerIdBlock>> planProducerIds(ImageDraft draft, Asker asker) {
        BrokerInfo registered = draft.brokers().get(asker.brokerId());
        if (registered == null || registered.epoch() != asker.brokerEpoch()) {
            return Outcome.refused(
                    Refusal.STALE_BROKER_EPOCH,
                    "Broker " + asker.brokerId() + " with epoch " + asker.brokerEpoch()
                            + " is not registered; try again");
        }
        if (nextProducerId > Long.MAX_VALUE - PRODUCER_ID_BLOCK) {
            return Outcome.refused(Refusal.POLICY_VIOLATION, "All producer ids are used up");
        }
        ProducerIdBlock block = new ProducerIdBlock(nextProducerId, PRODUCER_ID_BLOCK);
        nextProducerId = block.end(); // at once: whatever becomes of the write, these ids are not given again
        StoreOp write =
                new StoreOp.SetData(StorePaths.PRODUCER_IDS, NodeCodec.producerIds(block.end()), StoreOp.ANY_VERSION);
        return Outcome.done(new Plan<>(List.of(write), List.of(), block));
    }

    @Override
    public CompletionStage<List<Outcome<PartitionImage>>> alterIsr(List<IsrChange> changes) {
        return alterIsr(new Asker(brokerId, brokerEpoch), changes);
    }

    /** The same for any broker, under the registration by which it asks. */
    CompletionStage<List<Outcome<PartitionImage>>> alterIsr(Asker asker, List<IsrChange> changes) {
        return byTopic(
                changes,
                IsrChange::topicId,
                (draft, topicId, ofTopic) -> IsrPlanner.plan(draft, rules(draft), asker, topicId, ofTopic));
    }

    @Override
    public CompletionStage<List<Outcome<PartitionImage>>> giveUpReplicas(List<LostReplica> lost) {
        return giveUpReplicas(new Asker(brokerId, brokerEpoch), lost);
    }

    /** The same for any broker, under the registration by which it asks. */
    CompletionStage<List<Outcome<PartitionImage>>> giveUpReplicas(Asker asker, List<LostReplica> lost) {
        return byTopic(
                lost,
                LostReplica::topicId,
                (draft, topicId, ofTopic) -> LossPlanner.plan(draft, rules(draft), asker, topicId, ofTopic));
    }

    @Override
    public CompletionStage<Outcome<Integer>> leaveLeadership() {
        return leaveLeadership(new Asker(brokerId, brokerEpoch));
    }

    /** The same for any broker. Answered when the others know of the new leaders: until then they turn to the old. */
    CompletionStage<Outcome<Integer>> leaveLeadership(Asker leaving) {
        return withController((active, answer) -> active.leave(
                leaving.brokerId(), leaving.brokerEpoch(), outcome -> whenSeen.accept(() -> answer.accept(outcome))));
    }

    @Override
    public CompletionStage<Outcome<Integer>> reportRoom(boolean hasRoom) {
        return reportRoom(new Asker(brokerId, brokerEpoch), hasRoom);
    }

    /** The same for any broker, under the registration by which it says so. */
    CompletionStage<Outcome<Integer>> reportRoom(Asker asker, boolean hasRoom) {
        return withController((active, answer) -> active.room(asker, hasRoom, answer));
    }

    @Override
    public CompletionStage<List<Outcome<PartitionImage>>> electLeaders(
            Election election, List<PartitionRef> partitions) {
        return byTopic(
                partitions, PartitionRef::topic, (draft, topic, ofTopic) -> new LeadershipPlanner(draft, layers(draft))
                        .elect(
                                election,
                                topic,
                                ofTopic.stream().map(PartitionRef::partition).toList()));
    }

    @Override
    public CompletionStage<List<Outcome<PartitionImage>>> reassign(List<PartitionMove> moves) {
        return byTopic(
                moves,
                move -> move.partition().topic(),
                (draft, topic, ofTopic) -> ReassignmentPlanner.plan(draft, rules(draft), topic, ofTopic));
    }

    @Override
    public CompletionStage<Outcome<Integer>> unregisterBroker(int id) {
        return withController((active, answer) -> active.forget(id, answer));
    }

    private Function<TopicImage, DurabilityRules> rules(ImageDraft draft) {
        SettingLayers layers = layers(draft);
        return topic -> DurabilityRules.of(layers, topic);
    }

    private interface DecideTopic<K, R, T> {
        Plan<List<Outcome<T>>> on(ImageDraft draft, K topic, List<R> ofTopic);
    }

    /** One decision for all requests about one topic, since its partitions lie in one node of the store. */
    private <K, R, T> CompletionStage<List<Outcome<T>>> byTopic(
            List<R> requests, Function<R, K> topicOf, DecideTopic<K, R, T> decide) {
        Map<K, List<Integer>> places = new LinkedHashMap<>();
        for (int i = 0; i < requests.size(); i++) {
            places.computeIfAbsent(topicOf.apply(requests.get(i)), topic -> new ArrayList<>())
                    .add(i);
        }
        List<R> copy = List.copyOf(requests);
        Gather<Outcome<T>> gather = new Gather<>(copy.size());
        loop.run(() -> places.forEach((topic, ofTopic) -> {
            List<R> each = ofTopic.stream().map(copy::get).toList();
            Function<ImageDraft, Outcome<Plan<List<Outcome<T>>>>> decision =
                    draft -> Outcome.done(decide.on(draft, topic, each));
            submit(decision, false, outcome -> spread(outcome, ofTopic, gather));
        }));
        return gather.whole();
    }

    private static <T> void spread(Outcome<List<Outcome<T>>> outcome, List<Integer> places, Gather<Outcome<T>> gather) {
        for (int i = 0; i < places.size(); i++) {
            Outcome<T> one = outcome instanceof Outcome.Refused<List<Outcome<T>>> refused
                    ? Outcome.refused(refused.reason(), refused.message())
                    : ((Outcome.Done<List<Outcome<T>>>) outcome).value().get(i);
            gather.part(places.get(i)).accept(one);
        }
    }

    private <T> CompletionStage<Outcome<T>> withController(BiConsumer<Controller, Consumer<Outcome<T>>> request) {
        CompletableFuture<Outcome<T>> answer = new CompletableFuture<>();
        loop.run(() -> {
            Controller active = controller;
            if (active == null || finishing) {
                answer.complete(noController());
            } else {
                request.accept(active, answer::complete);
            }
        });
        return answer;
    }

    private static <T> Outcome<T> noController() {
        return Outcome.refused(
                Refusal.COORDINATION_UNAVAILABLE,
                "No controller is available: ZooKeeper can't be reached or an election is under way; try again");
    }

    @Override
    public long brokerEpoch() {
        return brokerEpoch;
    }

    private interface Decide<R, T> {
        Outcome<Plan<T>> on(ImageDraft draft, R request);
    }

    private interface DecideInParts<R, T> {
        Outcome<Plans<T>> on(ImageDraft draft, R request);
    }

    private <R, T> CompletionStage<List<Outcome<T>>> forEach(
            List<R> requests, boolean validateOnly, Decide<R, T> decide) {
        return forEachInParts(requests, validateOnly, (draft, request) -> decide.on(draft, request)
                .map(Plans::of));
    }

    private <R, T> CompletionStage<List<Outcome<T>>> forEachInParts(
            List<R> requests, boolean validateOnly, DecideInParts<R, T> decide) {
        Gather<Outcome<T>> gather = new Gather<>(requests.size());
        List<R> copy = List.copyOf(requests);
        loop.run(() -> {
            for (int i = 0; i < copy.size(); i++) {
                R request = copy.get(i);
                submitInParts(draft -> decide.on(draft, request), validateOnly, gather.part(i));
            }
        });
        return gather.whole();
    }

    private <T> void submit(
            Function<ImageDraft, Outcome<Plan<T>>> decide, boolean validateOnly, Consumer<Outcome<T>> answer) {
        submitInParts(draft -> decide.apply(draft).map(Plans::of), validateOnly, answer);
    }

    private <T> void submitInParts(
            Function<ImageDraft, Outcome<Plans<T>>> decide, boolean validateOnly, Consumer<Outcome<T>> answer) {
        Controller active = controller;
        if (active == null || finishing) {
            answer.accept(noController());
        } else {
            active.submit(decide, validateOnly, answer);
        }
    }

    private NotedEpochs noted() {
        Controller active = controller;
        return active == null ? NotedEpochs.NONE : active.noted();
    }

    /** What holds for brokers after the changes of {@code draft}, as this one sees it. */
    SettingLayers layers(ImageDraft draft) {
        return SettingLayers.ofBroker(brokerId, staticSettings, draft::configs);
    }

    private SettingLayers layers(ImageDraft draft, ConfigResource resource) {
        SettingLayers broker = layers(draft);
        return switch (resource.type()) {
            case TOPIC -> broker.withTopic(draft.configs(resource));
            case GROUP -> broker.withGroup(draft.configs(resource));
            case BROKER -> broker;
        };
    }

    private static Set<String> namedTwice(List<String> names) {
        Set<String> seen = new HashSet<>();
        Set<String> twice = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                twice.add(name);
            }
        }
        return twice;
    }

    private static <T> Outcome<T> namedTwice(String what) {
        return Outcome.refused(Refusal.INVALID_REQUEST, what + " is named twice in one request");
    }

    private static <V, T> Map<ConfigResource, Outcome<T>> byResource(
            List<Map.Entry<ConfigResource, V>> entries, List<Outcome<T>> outcomes) {
        Map<ConfigResource, Outcome<T>> result = new LinkedHashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            result.put(entries.get(i).getKey(), outcomes.get(i));
        }
        return result;
    }
}
