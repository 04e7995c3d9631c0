package io.sluice.cluster;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Every {@link ClusterCall}. To add one: its constant here, in {@link #BY_NUMBER}, and its method in
 * {@link RoutedCluster}.
 */
final class ClusterCalls {
    /** What is asked for, and whether only to say what would come of it. */
    record Trial<T>(T wanted, boolean validateOnly) {}

    /** Partitions that are to elect a leader. */
    record ElectionOf(Election election, List<PartitionRef> partitions) {}

    /** Nothing but the asking. */
    record Nothing() {}

    static final ClusterCall<Trial<List<NewTopic>>, List<Outcome<TopicImage>>> CREATE_TOPICS = listCall(
            1,
            CallFormats.NEW_TOPIC,
            ImageFormats.TOPIC,
            (controller, asker, request) -> controller.createTopics(request.wanted(), request.validateOnly()));

    static final ClusterCall<Trial<List<NewTopic>>, List<Outcome<TopicImage>>> ENSURE_TOPICS = listCall(
            2,
            CallFormats.NEW_TOPIC,
            ImageFormats.TOPIC,
            (controller, asker, request) -> controller.ensureTopics(request.wanted()));

    static final ClusterCall<Trial<List<TopicRef>>, List<Outcome<TopicImage>>> DELETE_TOPICS = listCall(
            3,
            CallFormats.TOPIC_REF,
            ImageFormats.TOPIC,
            (controller, asker, request) -> controller.deleteTopics(request.wanted()));

    static final ClusterCall<Trial<List<MorePartitions>>, List<Outcome<TopicImage>>> CREATE_PARTITIONS = listCall(
            4,
            CallFormats.MORE_PARTITIONS,
            ImageFormats.TOPIC,
            (controller, asker, request) -> controller.createPartitions(request.wanted(), request.validateOnly()));

    static final ClusterCall<
                    Trial<Map<ConfigResource, List<ConfigEdit>>>, Map<ConfigResource, Outcome<Map<String, String>>>>
            EDIT_CONFIGS = configCall(
                    5,
                    PeerFormat.list(CallFormats.CONFIG_EDIT),
                    (controller, asker, request) -> controller.editConfigs(request.wanted(), request.validateOnly()));

    static final ClusterCall<
                    Trial<Map<ConfigResource, Map<String, String>>>, Map<ConfigResource, Outcome<Map<String, String>>>>
            REPLACE_CONFIGS = configCall(
                    6,
                    PeerFormat.SETTINGS,
                    (controller, asker, request) ->
                            controller.replaceConfigs(request.wanted(), request.validateOnly()));

    static final ClusterCall<Nothing, Outcome<ProducerIdBlock>> ALLOCATE_PRODUCER_IDS = new ClusterCall<>(
            7,
            PeerFormat.of((out, nothing) -> {}, in -> new Nothing()),
            CallFormats.outcome(CallFormats.PRODUCER_IDS),
            (controller, asker, request) -> controller.allocateProducerIds(asker),
            (request, reason, message) -> Outcome.refused(reason, message));

    static final ClusterCall<Trial<List<IsrChange>>, List<Outcome<PartitionImage>>> ALTER_ISR = listCall(
            8,
            CallFormats.ISR_CHANGE,
            ImageFormats.PARTITION,
            (controller, asker, request) -> controller.alterIsr(asker, request.wanted()));

    static final ClusterCall<Nothing, Outcome<Integer>> LEAVE_LEADERSHIP = new ClusterCall<>(
            9,
            PeerFormat.of((out, nothing) -> {}, in -> new Nothing()),
            CallFormats.outcome(PeerFormat.INT32),
            (controller, asker, request) -> controller.leaveLeadership(asker),
            (request, reason, message) -> Outcome.refused(reason, message));

    static final ClusterCall<ElectionOf, List<Outcome<PartitionImage>>> ELECT_LEADERS = new ClusterCall<>(
            10,
            CallFormats.ELECTION,
            PeerFormat.list(CallFormats.outcome(ImageFormats.PARTITION)),
            (controller, asker, request) -> controller.electLeaders(request.election(), request.partitions()),
            (request, reason, message) ->
                    Collections.nCopies(request.partitions().size(), Outcome.refused(reason, message)));

    static final ClusterCall<Trial<List<PartitionMove>>, List<Outcome<PartitionImage>>> REASSIGN = listCall(
            11,
            CallFormats.PARTITION_MOVE,
            ImageFormats.PARTITION,
            (controller, asker, request) -> controller.reassign(request.wanted()));

    static final ClusterCall<Integer, Outcome<Integer>> UNREGISTER_BROKER = new ClusterCall<>(
            12,
            PeerFormat.INT32,
            CallFormats.outcome(PeerFormat.INT32),
            (controller, asker, request) -> controller.unregisterBroker(request),
            (request, reason, message) -> Outcome.refused(reason, message));

    static final ClusterCall<Trial<List<LostReplica>>, List<Outcome<PartitionImage>>> GIVE_UP_REPLICAS = listCall(
            13,
            CallFormats.LOST_REPLICA,
            ImageFormats.PARTITION,
            (controller, asker, request) -> controller.giveUpReplicas(asker, request.wanted()));

    static final ClusterCall<Boolean, Outcome<Integer>> REPORT_ROOM = new ClusterCall<>(
            14,
            PeerFormat.of(PeerWriter::bool, PeerReader::bool),
            CallFormats.outcome(PeerFormat.INT32),
            (controller, asker, request) -> controller.reportRoom(asker, request),
            (request, reason, message) -> Outcome.refused(reason, message));

    private static final Map<Integer, ClusterCall<?, ?>> BY_NUMBER = byNumber(List.of(
            CREATE_TOPICS,
            ENSURE_TOPICS,
            DELETE_TOPICS,
            CREATE_PARTITIONS,
            EDIT_CONFIGS,
            REPLACE_CONFIGS,
            ALLOCATE_PRODUCER_IDS,
            ALTER_ISR,
            LEAVE_LEADERSHIP,
            ELECT_LEADERS,
            REASSIGN,
            UNREGISTER_BROKER,
            GIVE_UP_REPLICAS,
            REPORT_ROOM));

    private ClusterCalls() {}

    static Optional<ClusterCall<?, ?>> byNumber(int number) {
        return Optional.ofNullable(BY_NUMBER.get(number));
    }

    private static Map<Integer, ClusterCall<?, ?>> byNumber(List<ClusterCall<?, ?>> calls) {
        Map<Integer, ClusterCall<?, ?>> byNumber = new TreeMap<>();
        calls.forEach(call -> byNumber.put(call.number(), call));
        return byNumber;
    }

    /** A call about a list, with an outcome for each item. */
    private static <T, R> ClusterCall<Trial<List<T>>, List<Outcome<R>>> listCall(
            int number,
            PeerFormat<T> item,
            PeerFormat<R> result,
            ClusterCall.CarryOut<Trial<List<T>>, List<Outcome<R>>> carryOut) {
        return new ClusterCall<>(
                number,
                CallFormats.trial(PeerFormat.list(item)),
                PeerFormat.list(CallFormats.outcome(result)),
                carryOut,
                (request, reason, message) ->
                        Collections.nCopies(request.wanted().size(), Outcome.refused(reason, message)));
    }

    /** A call about resources that carry settings, with an outcome for each. */
    private static <T>
            ClusterCall<Trial<Map<ConfigResource, T>>, Map<ConfigResource, Outcome<Map<String, String>>>> configCall(
                    int number,
                    PeerFormat<T> change,
                    ClusterCall.CarryOut<
                                    Trial<Map<ConfigResource, T>>, Map<ConfigResource, Outcome<Map<String, String>>>>
                            carryOut) {
        return new ClusterCall<>(
                number,
                CallFormats.trial(PeerFormat.map(ImageFormats.RESOURCE, change)),
                PeerFormat.map(ImageFormats.RESOURCE, CallFormats.outcome(PeerFormat.SETTINGS)),
                carryOut,
                (request, reason, message) -> {
                    Map<ConfigResource, Outcome<Map<String, String>>> refused = new LinkedHashMap<>();
                    request.wanted().keySet().forEach(each -> refused.put(each, Outcome.refused(reason, message)));
                    return refused;
                });
    }
}
