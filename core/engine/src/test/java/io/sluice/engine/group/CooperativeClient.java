package io.sluice.engine.group;

import io.sluice.engine.group.JoinGroup.Protocol;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** A consumer of the classic protocol that works on while its group rebalances (KIP-429), and assigns if it leads. */
final class CooperativeClient extends GroupClient {
    private static final String STRATEGY = "cooperative-sticky";

    private final Optional<String> instanceId;
    private boolean joined;
    private boolean synced;
    /** The generation whose assignment it has. */
    private int assignedIn = -1;

    private Map<String, Bytes> toAssign = Map.of();
    /** The topics that it assigned by, if it leads: when they change it has the group rebalance. */
    private Optional<TopicView> assignedBy = Optional.empty();

    CooperativeClient(
            Coordinator broker,
            SimulationTrace trace,
            LateCommits commits,
            String name,
            Set<String> topics,
            boolean isStatic) {
        super(broker, trace, commits, name, topics);
        this.instanceId = isStatic ? Optional.of(name) : Optional.empty();
        lose();
    }

    @Override
    MemberRef ref() {
        return new MemberRef(Coordinator.GROUP, memberId, instanceId);
    }

    @Override
    boolean isMember() {
        return epoch >= 0;
    }

    @Override
    boolean mayCommit() {
        return isMember() && assignedIn == epoch;
    }

    @Override
    void missed() {
        if (!synced) {
            joined = false;
        }
    }

    @Override
    void send() {
        boolean topicsChanged =
                assignedBy.filter(topics -> topics != broker.current()).isPresent();
        if (synced && topicsChanged) {
            rejoin();
        }
        trace.add("send", memberId, epoch, joined, synced, owned);
        if (!joined) {
            Protocol protocol = new Protocol(STRATEGY, subscription());
            sent(broker.groups.joinGroup(Coordinator.joinRequest(ref(), List.of(protocol), true)), this::takeJoin);
        } else if (!synced) {
            sent(
                    broker.groups.syncGroup(new SyncGroup.Request(
                            ref(), epoch, Optional.of("consumer"), Optional.of(STRATEGY), toAssign)),
                    this::takeSync);
        } else {
            sent(broker.heartbeat(ref(), epoch), this::refused);
        }
    }

    private Bytes subscription() {
        FieldWriter fields = new FieldWriter().int16(2).int32(topics.size());
        topics.forEach(fields::string);
        fields.int32(-1).int32(owned.topicIds().size());
        for (UUID topicId : owned.topicIds()) {
            fields.string(broker.current().find(topicId).orElseThrow().name());
            List<Integer> partitions = owned.partitions(topicId);
            fields.int32(partitions.size());
            partitions.forEach(fields::int32);
        }
        return fields.int32(epoch).toBytes();
    }

    private void takeJoin(JoinGroup.Response response) {
        trace.add("joined", memberId, response.error(), response.generation(), response.leader());
        if (response.error() == GroupError.MEMBER_ID_REQUIRED) {
            memberId = response.memberId();
        } else if (response.error() != GroupError.NONE) {
            refused(response.error());
        } else {
            memberId = response.memberId();
            epoch = response.generation();
            joined = true;
            boolean leads = response.leader().equals(memberId);
            // A leader that need not assign does not know by which topics its predecessor did.
            TopicView by = response.skipAssignment() ? TopicView.of(List.of()) : broker.current();
            assignedBy = leads ? Optional.of(by) : Optional.empty();
            toAssign = leads && !response.skipAssignment() ? assign(response.members()) : Map.of();
        }
    }

    private void takeSync(SyncGroup.Response response) {
        trace.add("synced", memberId, epoch, response.error());
        if (response.error() != GroupError.NONE) {
            rejoin();
            refused(response.error());
            return;
        }
        Assignment given =
                ClassicAssignment.parse(response.assignment(), broker.current()).orElseThrow();
        trace.add("follow", memberId, owned, given);
        boolean givesUp = !given.containsAll(owned);
        holds(given);
        synced = true;
        assignedIn = epoch;
        if (givesUp) {
            rejoin();
        }
    }

    /** Joins again with what it has. */
    private void rejoin() {
        joined = false;
        synced = false;
    }

    private void refused(GroupError error) {
        if (error != GroupError.NONE) {
            trace.add("refused", memberId, error);
        }
        switch (error) {
            case UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID -> lose();
            case ILLEGAL_GENERATION -> {
                String stays = memberId;
                lose();
                memberId = stays;
            }
            case REBALANCE_IN_PROGRESS -> rejoin();
            default -> {}
        }
    }

    @Override
    void lose() {
        memberId = "";
        epoch = -1;
        assignedIn = -1;
        assignedBy = Optional.empty();
        holds(Assignment.NONE);
        rejoin();
        forgetRequest();
    }

    @Override
    void leave() {
        trace.add("leave", memberId);
        broker.groups.leaveGroup(
                new LeaveGroup.Request(Coordinator.GROUP, List.of(new LeaveGroup.Leaver(memberId, instanceId, "bye"))));
        lose();
    }

    /** Divides evenly, but gives nobody what another has not given up: that comes in the next generation. */
    private Map<String, Bytes> assign(List<JoinGroup.Member> members) {
        TopicView view = broker.current();
        Map<String, Assignment> claims = new HashMap<>();
        TreeMap<String, Assignor.Member> consumers = new TreeMap<>();
        TreeMap<UUID, Integer> partitions = new TreeMap<>();
        for (JoinGroup.Member member : members) {
            ClassicSubscription subscription =
                    ClassicSubscription.parse(member.metadata()).orElseThrow();
            Assignment.Builder claim = Assignment.builder();
            subscription
                    .owned()
                    .forEach((topic, owns) -> owns.forEach(partition ->
                            claim.add(view.find(topic).orElseThrow().id(), partition)));
            claims.put(member.memberId(), claim.build());
            Set<UUID> reads = new HashSet<>();
            for (String topic : subscription.topics()) {
                TopicInfo info = view.find(topic).orElseThrow();
                reads.add(info.id());
                partitions.put(info.id(), info.partitions());
            }
            consumers.put(
                    member.memberId(), new Assignor.Member(member.instanceId(), reads, claims.get(member.memberId())));
        }
        Map<String, Bytes> given = new HashMap<>();
        new UniformAssignor().assign(new Assignor.Input(consumers, partitions)).forEach((id, target) -> {
            Assignment free = target;
            for (Map.Entry<String, Assignment> claim : claims.entrySet()) {
                if (!claim.getKey().equals(id)) {
                    free = free.minus(claim.getValue());
                }
            }
            given.put(id, ClassicAssignment.encode(free, 2, view));
        });
        return given;
    }
}
