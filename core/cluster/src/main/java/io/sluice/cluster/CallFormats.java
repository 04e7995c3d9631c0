package io.sluice.cluster;

import java.util.List;

/** How the requests and results of {@link ClusterCalls} are written into messages. */
final class CallFormats {
    private static final int BY_NAME = 1;
    private static final int BY_ID = 2;

    private static final PeerFormat<List<List<Integer>>> ASSIGNMENT =
            PeerFormat.list(PeerFormat.list(PeerFormat.INT32));

    static final PeerFormat<NewTopic> NEW_TOPIC = PeerFormat.struct(
            (out, topic) -> {
                out.text(topic.name());
                out.int32(topic.partitions());
                out.int32(topic.replicationFactor());
                ASSIGNMENT.write(out, topic.assignment());
                PeerFormat.SETTINGS.write(out, topic.configs());
            },
            in -> new NewTopic(in.text(), in.int32(), in.int32(), ASSIGNMENT.read(in), PeerFormat.SETTINGS.read(in)));

    static final PeerFormat<MorePartitions> MORE_PARTITIONS = PeerFormat.struct(
            (out, more) -> {
                out.text(more.topic());
                out.int32(more.totalCount());
                ASSIGNMENT.write(out, more.assignment());
            },
            in -> new MorePartitions(in.text(), in.int32(), ASSIGNMENT.read(in)));

    static final PeerFormat<TopicRef> TOPIC_REF = PeerFormat.of(CallFormats::writeRef, CallFormats::readRef);

    static final PeerFormat<ConfigEdit> CONFIG_EDIT = PeerFormat.struct(
            (out, edit) -> {
                PeerFormat.constant(ConfigEdit.Kind.class).write(out, edit.kind());
                out.text(edit.name());
                out.text(edit.value());
            },
            in -> new ConfigEdit(PeerFormat.constant(ConfigEdit.Kind.class).read(in), in.text(), in.text()));

    static final PeerFormat<ProducerIdBlock> PRODUCER_IDS = PeerFormat.struct(
            (out, block) -> {
                out.int64(block.first());
                out.int32(block.count());
            },
            in -> new ProducerIdBlock(in.int64(), in.int32()));

    private static final PeerFormat<IsrChange.Member> ISR_MEMBER = PeerFormat.of(
            (out, member) -> {
                out.int32(member.brokerId());
                out.int64(member.brokerEpoch());
            },
            in -> new IsrChange.Member(in.int32(), in.int64()));

    static final PeerFormat<IsrChange> ISR_CHANGE = PeerFormat.struct(
            (out, change) -> {
                out.uuid(change.topicId());
                out.int32(change.partition());
                out.int32(change.leaderEpoch());
                out.int32(change.partitionEpoch());
                PeerFormat.list(ISR_MEMBER).write(out, change.isr());
            },
            in -> new IsrChange(
                    in.uuid(),
                    in.int32(),
                    in.int32(),
                    in.int32(),
                    PeerFormat.list(ISR_MEMBER).read(in)));

    static final PeerFormat<LostReplica> LOST_REPLICA = PeerFormat.struct(
            (out, lost) -> {
                out.uuid(lost.topicId());
                out.int32(lost.partition());
                out.int32(lost.toldEpoch());
            },
            in -> new LostReplica(in.uuid(), in.int32(), in.int32()));

    private static final PeerFormat<PartitionRef> PARTITION_REF = PeerFormat.of(
            (out, partition) -> {
                out.text(partition.topic());
                out.int32(partition.partition());
            },
            in -> new PartitionRef(in.text(), in.int32()));

    static final PeerFormat<ClusterCalls.ElectionOf> ELECTION = PeerFormat.of(
            (out, request) -> {
                PeerFormat.constant(Election.class).write(out, request.election());
                PeerFormat.list(PARTITION_REF).write(out, request.partitions());
            },
            in -> new ClusterCalls.ElectionOf(
                    PeerFormat.constant(Election.class).read(in),
                    PeerFormat.list(PARTITION_REF).read(in)));

    static final PeerFormat<PartitionMove> PARTITION_MOVE = PeerFormat.struct(
            (out, move) -> {
                PARTITION_REF.write(out, move.partition());
                PeerFormat.optional(ImageFormats.BROKER_IDS).write(out, move.target());
            },
            in -> new PartitionMove(
                    PARTITION_REF.read(in),
                    PeerFormat.optional(ImageFormats.BROKER_IDS).read(in)));

    private CallFormats() {}

    static <T> PeerFormat<ClusterCalls.Trial<T>> trial(PeerFormat<T> wanted) {
        return PeerFormat.of(
                (out, trial) -> {
                    out.bool(trial.validateOnly());
                    wanted.write(out, trial.wanted());
                },
                in -> {
                    boolean validateOnly = in.bool();
                    return new ClusterCalls.Trial<>(wanted.read(in), validateOnly);
                });
    }

    /** A reason that a newer controller has and this node does not know keeps what matters: whether to try again. */
    static <T> PeerFormat<Outcome<T>> outcome(PeerFormat<T> value) {
        return PeerFormat.of(
                (out, outcome) -> {
                    out.bool(outcome.isDone());
                    if (outcome instanceof Outcome.Done<T> done) {
                        value.write(out, done.value());
                    } else {
                        Outcome.Refused<T> refused = (Outcome.Refused<T>) outcome;
                        out.text(refused.reason().name());
                        out.bool(refused.reason().isRetriable());
                        out.text(refused.message());
                    }
                },
                in -> in.bool()
                        ? Outcome.done(value.read(in))
                        : Outcome.refused(reason(in.text(), in.bool()), in.text()));
    }

    private static Refusal reason(String name, boolean retriable) {
        for (Refusal known : Refusal.values()) {
            if (known.name().equals(name)) {
                return known;
            }
        }
        return retriable ? Refusal.OUTCOME_UNKNOWN : Refusal.POLICY_VIOLATION;
    }

    private static void writeRef(PeerWriter out, TopicRef ref) {
        if (ref instanceof TopicRef.ByName name) {
            out.u8(BY_NAME);
            out.text(name.name());
        } else if (ref instanceof TopicRef.ById id) {
            out.u8(BY_ID);
            out.uuid(id.id());
        }
    }

    private static TopicRef readRef(PeerReader in) {
        int kind = in.u8();
        return switch (kind) {
            case BY_NAME -> TopicRef.name(in.text());
            case BY_ID -> TopicRef.id(in.uuid());
            default -> throw new MalformedMessageException("unknown kind of topic reference " + kind);
        };
    }
}
