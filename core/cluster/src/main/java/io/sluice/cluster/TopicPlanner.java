package io.sluice.cluster;

import io.sluice.base.Entropy;
import io.sluice.cluster.settings.BrokerClusterSettings;
import io.sluice.cluster.settings.InvalidSettingException;
import io.sluice.cluster.settings.SettingLayers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides about topics: a pure function from the image so far and a request to a plan, or to a refusal. Nothing is
 * changed here; whoever carries the plan out applies its events to the draft.
 */
final class TopicPlanner {
    /** More partitions in one topic than this would not fit a request to the coordination store anyway. */
    static final int MAX_PARTITIONS = 100_000;

    private final Entropy entropy;
    private final int maxNodeBytes;

    TopicPlanner(Entropy entropy, int maxNodeBytes) {
        this.entropy = entropy;
        this.maxNodeBytes = maxNodeBytes;
    }

    Outcome<Plan<TopicImage>> create(
            ImageDraft draft, NotedEpochs noted, SettingLayers brokerSettings, NewTopic request) {
        String name = request.name();
        Optional<String> badName = TopicNames.complaint(name);
        if (badName.isPresent()) {
            return Outcome.refused(Refusal.INVALID_TOPIC_NAME, badName.get());
        }
        if (draft.topic(name).isPresent()) {
            return Outcome.refused(Refusal.TOPIC_ALREADY_EXISTS, "Topic '" + name + "' already exists");
        }
        Optional<String> colliding = draft.nameCollidingWith(name);
        if (colliding.isPresent()) {
            return Outcome.refused(
                    Refusal.INVALID_TOPIC_NAME,
                    "Topic '" + name + "' collides with the existing topic '" + colliding.get()
                            + "': names may not differ in '.' and '_' only");
        }
        try {
            TopicRules.check(request.configs());
        } catch (InvalidSettingException e) {
            return Outcome.refused(Refusal.INVALID_CONFIG, "Topic '" + name + "': " + e.getMessage());
        }
        Brokers brokers = Brokers.forNewPartitions(draft, noted);
        Outcome<List<BrokerIds>> placed = request.assignment().isEmpty()
                ? placeNew(brokers, brokerSettings, request)
                : checkManual(brokers, name, request, 0);
        if (placed instanceof Outcome.Refused<List<BrokerIds>> refused) {
            return Outcome.refused(refused.reason(), refused.message());
        }
        List<BrokerIds> replicas = ((Outcome.Done<List<BrokerIds>>) placed).value();
        List<PartitionImage> partitions = replicas.stream().map(brokers::begin).toList();
        TopicImage topic = new TopicImage(entropy.nextUuid(), name, request.configs(), partitions);
        byte[] topicNode = NodeCodec.topic(topic);
        byte[] partitionsNode = NodeCodec.partitions(topic);
        return ifItFits(
                topic,
                new Plan<>(
                        List.of(
                                new StoreOp.Create(StorePaths.topic(topic.id()), topicNode, false),
                                new StoreOp.Create(StorePaths.partitions(topic.id()), partitionsNode, false)),
                        List.of(new ImageEvent.TopicCreated(topic)),
                        topic));
    }

    Outcome<Plan<TopicImage>> delete(ImageDraft draft, SettingLayers brokerSettings, TopicRef ref) {
        Optional<TopicImage> found;
        if (ref instanceof TopicRef.ByName byName) {
            found = draft.topic(byName.name());
            if (found.isEmpty()) {
                return unknownTopic(byName.name());
            }
        } else {
            TopicRef.ById byId = (TopicRef.ById) ref;
            found = draft.topic(byId.id());
            if (found.isEmpty()) {
                return Outcome.refused(Refusal.UNKNOWN_TOPIC_ID, "No topic has the id " + byId.id());
            }
        }
        TopicImage topic = found.get();
        if (!brokerSettings.get(BrokerClusterSettings.DELETE_TOPIC_ENABLE)) {
            return Outcome.refused(
                    Refusal.TOPIC_DELETION_DISABLED,
                    "Topic '" + topic.name() + "' can't be deleted: delete.topic.enable is false");
        }
        return Outcome.done(new Plan<>(
                List.of(
                        new StoreOp.Delete(StorePaths.topic(topic.id()), StoreOp.ANY_VERSION),
                        new StoreOp.Delete(StorePaths.partitions(topic.id()), StoreOp.ANY_VERSION)),
                List.of(new ImageEvent.TopicDeleted(topic.id())),
                topic));
    }

    Outcome<Plan<TopicImage>> morePartitions(ImageDraft draft, NotedEpochs noted, MorePartitions request) {
        Optional<TopicImage> found = draft.topic(request.topic());
        if (found.isEmpty()) {
            return unknownTopic(request.topic());
        }
        TopicImage topic = found.get();
        int have = topic.partitionCount();
        int want = request.totalCount();
        if (want <= have) {
            String why = want == have
                    ? "has " + have + " partitions already"
                    : "has " + have + ", more than the " + want + " asked for, and partitions can't be taken away";
            return Outcome.refused(Refusal.INVALID_PARTITIONS, "Topic '" + topic.name() + "' " + why);
        }
        if (want > MAX_PARTITIONS) {
            return tooManyPartitions(topic.name(), want);
        }
        Brokers brokers = Brokers.forNewPartitions(draft, noted);
        Outcome<List<BrokerIds>> placed = placeMore(brokers, topic, request);
        if (placed instanceof Outcome.Refused<List<BrokerIds>> refused) {
            return Outcome.refused(refused.reason(), refused.message());
        }
        List<PartitionImage> partitions = new ArrayList<>(topic.partitions());
        for (BrokerIds replicas : ((Outcome.Done<List<BrokerIds>>) placed).value()) {
            partitions.add(brokers.begin(replicas));
        }
        TopicImage grown = new TopicImage(topic.id(), topic.name(), topic.configs(), partitions);
        byte[] topicNode = NodeCodec.topic(grown);
        byte[] partitionsNode = NodeCodec.partitions(grown);
        return ifItFits(
                grown,
                new Plan<>(
                        List.of(
                                new StoreOp.SetData(StorePaths.topic(topic.id()), topicNode, StoreOp.ANY_VERSION),
                                new StoreOp.SetData(
                                        StorePaths.partitions(topic.id()), partitionsNode, StoreOp.ANY_VERSION)),
                        List.of(new ImageEvent.TopicChanged(grown)),
                        grown));
    }

    private Outcome<List<BrokerIds>> placeNew(Brokers brokers, SettingLayers settings, NewTopic request) {
        String name = request.name();
        int partitions = request.partitions() == NewTopic.DEFAULT
                ? settings.get(BrokerClusterSettings.NUM_PARTITIONS)
                : request.partitions();
        int factor = request.replicationFactor() == NewTopic.DEFAULT
                ? settings.get(BrokerClusterSettings.DEFAULT_REPLICATION_FACTOR)
                : request.replicationFactor();
        if (partitions < 1) {
            return Outcome.refused(
                    Refusal.INVALID_PARTITIONS,
                    "Topic '" + name + "' can't have " + partitions + " partitions; ask for 1 or more, or -1 for the "
                            + "cluster's num.partitions");
        }
        if (partitions > MAX_PARTITIONS) {
            return tooManyPartitions(name, partitions);
        }
        Optional<String> badFactor = factorComplaint(name, factor, brokers.mostReplicas());
        if (badFactor.isPresent()) {
            return Outcome.refused(Refusal.INVALID_REPLICATION_FACTOR, badFactor.get());
        }
        return Outcome.done(brokers.place(0, partitions, factor, startFor(name)));
    }

    private Outcome<List<BrokerIds>> placeMore(Brokers brokers, TopicImage topic, MorePartitions request) {
        int added = request.totalCount() - topic.partitionCount();
        int factor = topic.replicationFactor();
        if (!request.assignment().isEmpty()) {
            if (request.assignment().size() != added) {
                return Outcome.refused(
                        Refusal.INVALID_REPLICA_ASSIGNMENT,
                        "Topic '" + topic.name() + "' gets " + added + " more partitions, but "
                                + request.assignment().size() + " are assigned");
            }
            NewTopic manual =
                    new NewTopic(topic.name(), NewTopic.DEFAULT, NewTopic.DEFAULT, request.assignment(), Map.of());
            return checkManual(brokers, topic.name(), manual, factor);
        }
        Optional<String> badFactor = factorComplaint(topic.name(), factor, brokers.mostReplicas());
        if (badFactor.isPresent()) {
            return Outcome.refused(Refusal.INVALID_REPLICATION_FACTOR, badFactor.get());
        }
        return Outcome.done(
                brokers.place(topic.partitionCount(), request.totalCount(), factor, startFor(topic.name())));
    }

    private static Optional<String> factorComplaint(String topic, int factor, int available) {
        if (factor < 1) {
            return Optional.of("Topic '" + topic + "' can't have replication factor " + factor
                    + "; ask for 1 or more, or -1 for the cluster's default.replication.factor");
        }
        if (factor > available) {
            return Optional.of("Topic '" + topic + "' asks for replication factor " + factor + ", but only " + available
                    + (available == 1 ? " broker is" : " brokers are") + " available");
        }
        return Optional.empty();
    }

    /** @param factor how many replicas each partition must have; 0 for as many as the first has */
    private static Outcome<List<BrokerIds>> checkManual(Brokers brokers, String topic, NewTopic request, int factor) {
        if (request.partitions() != NewTopic.DEFAULT || request.replicationFactor() != NewTopic.DEFAULT) {
            return Outcome.refused(
                    Refusal.INVALID_REQUEST,
                    "Topic '" + topic + "': with a manual assignment both the partition count and the replication "
                            + "factor must be -1");
        }
        int wanted = factor == 0 ? request.assignment().get(0).size() : factor;
        List<BrokerIds> result = new ArrayList<>(request.assignment().size());
        for (int i = 0; i < request.assignment().size(); i++) {
            List<Integer> replicas = request.assignment().get(i);
            Set<Integer> distinct = new HashSet<>(replicas);
            String where = "Topic '" + topic + "', assignment " + i + ": ";
            if (replicas.isEmpty()) {
                return badAssignment(where + "no broker is named");
            }
            if (distinct.size() != replicas.size()) {
                return badAssignment(where + replicas + " names a broker twice");
            }
            if (replicas.size() != wanted) {
                return badAssignment(
                        where + replicas + " has " + replicas.size() + " replicas where others have " + wanted);
            }
            for (int broker : replicas) {
                if (!brokers.knows(broker)) {
                    return badAssignment(where + "broker " + broker + " is not available; these are: " + brokers);
                }
            }
            if (replicas.stream().noneMatch(brokers::has)) {
                return badAssignment(where + "none of " + replicas + " is running; these are: " + brokers);
            }
            result.add(BrokerIds.copyOf(replicas));
        }
        return Outcome.done(result);
    }

    private Outcome<Plan<TopicImage>> ifItFits(TopicImage topic, Plan<TopicImage> plan) {
        // A topic must be able to fail over, so what it may grow to counts, not what it has at first.
        int bytes = Math.max(plan.requestBytes(), NodeCodec.partitionsBytes(topic));
        if (bytes > maxNodeBytes) {
            return Outcome.refused(
                    Refusal.INVALID_PARTITIONS,
                    "Topic '" + topic.name() + "' with " + topic.partitionCount() + " partitions and "
                            + topic.configs().size() + " settings needs " + bytes
                            + " bytes in the coordination store, which takes " + maxNodeBytes + " at once");
        }
        return Outcome.done(plan);
    }

    private static <T> Outcome<T> tooManyPartitions(String topic, int count) {
        return Outcome.refused(
                Refusal.INVALID_PARTITIONS,
                "Topic '" + topic + "' can't have " + count + " partitions; the most is " + MAX_PARTITIONS);
    }

    private static <T> Outcome<T> unknownTopic(String name) {
        return Outcome.refused(Refusal.UNKNOWN_TOPIC, "Topic '" + name + "' does not exist");
    }

    private static <T> Outcome<T> badAssignment(String message) {
        return Outcome.refused(Refusal.INVALID_REPLICA_ASSIGNMENT, message);
    }

    /** Spreads topics over brokers; by name, so that partitions added later go on where the first ones ended. */
    private static int startFor(String topic) {
        return topic.hashCode() & 0xffff;
    }
}
