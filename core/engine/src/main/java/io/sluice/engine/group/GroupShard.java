package io.sluice.engine.group;

import io.sluice.engine.group.Rules.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All groups of one partition of the offsets topic: the state machine behind the requests. Each request works within a
 * {@link Step}; every durable change is a record that goes through {@link #replay}, which is also how the state comes
 * back from the log.
 *
 * <p>Owned by the partition's home loop from {@link #loaded} on; before that by the one thread that replays.
 */
final class GroupShard {
    private final ShardPorts ports;
    private final Roster roster;
    private final OffsetStore offsets;
    private final GroupRoom room;

    private final ClassicRebalance rebalance;
    private final ClassicJoin classicJoin;
    private final ClassicRequests classic;
    private final OffsetRequests offsetRequests;
    private final OffsetExpiry expiry;
    private final GroupRemoval removal;
    private final GroupEpochs epochs;
    private final RegexSubscriptions regexes;
    private final ConsumerSessions sessions;
    private final ConsumerHeartbeats consumers;
    private final ClassicMembers classicMembers;
    private final GroupConversion conversion;

    /** @param memory what this shard takes of {@link ShardPorts#memory} */
    GroupShard(ShardPorts ports, Tally memory) {
        this.ports = ports;
        this.roster = new Roster(memory);
        this.offsets = new OffsetStore(memory);
        this.room = new GroupRoom(ports, offsets);
        this.rebalance = new ClassicRebalance(ports, roster, this::dropIfNothing);
        this.classicJoin = new ClassicJoin(ports, rebalance);
        this.classic = new ClassicRequests(ports, rebalance, room);
        this.epochs = new GroupEpochs(ports);
        this.regexes = new RegexSubscriptions(ports, roster, epochs, room);
        this.sessions = new ConsumerSessions(ports, roster, epochs, regexes, this::becomesClassic);
        Membership membership = new Membership(ports, epochs, regexes, sessions);
        this.consumers = new ConsumerHeartbeats(ports, membership, sessions);
        this.classicMembers = new ClassicMembers(ports, membership, sessions);
        this.removal = new GroupRemoval(roster, offsets, rebalance, regexes);
        this.conversion = new GroupConversion(ports, roster, removal, rebalance, sessions);
        this.offsetRequests = new OffsetRequests(ports, roster, offsets, room);
        this.expiry = new OffsetExpiry(ports, roster, offsets, removal);
    }

    private void dropIfNothing(ClassicGroup group) {
        removal.dropIfNothing(group);
    }

    private boolean becomesClassic(Step step, ConsumerGroup group) {
        return conversion.downgradeIfOnlyClassicMembers(step, group);
    }

    void replay(GroupRecord record, long timestampMs) {
        if (record instanceof GroupRecord.Offset offset) {
            offsets.replay(offset);
        }
        roster.replay(record, timestampMs);
    }

    /** The log has been replayed to its end: sessions start anew (G4). */
    void loaded(Step step) {
        // The log may end between the two halves of a change of protocol: the group is gone, its offsets are not.
        for (String groupId : offsets.groupIds()) {
            if (roster.find(groupId).isEmpty()) {
                roster.classicOrNew(groupId);
            }
        }
        if (ports.rules().keeps(Rule.G4_SESSIONS_RESTART)) {
            for (Group group : roster.all()) {
                if (group instanceof ClassicGroup classicGroup) {
                    rebalance.loaded(step, classicGroup);
                } else if (group instanceof ConsumerGroup consumerGroup) {
                    sessions.loaded(consumerGroup);
                    regexes.loaded(consumerGroup);
                }
            }
        }
        expiry.start();
    }

    void topicsChanged(Step step, Set<String> deleted) {
        if (!deleted.isEmpty()) {
            offsets.forgetTopics(step, deleted);
        }
        for (Group group : roster.all()) {
            if (group instanceof ConsumerGroup consumerGroup) {
                regexes.topicsChanged(consumerGroup);
            }
        }
    }

    int groups() {
        return roster.size();
    }

    long recount() {
        return roster.all().stream().mapToLong(Group::recount).sum() + offsets.recount();
    }

    void join(Step step, JoinGroup.Request request, Reply<JoinGroup.Response> reply) {
        String groupId = request.member().groupId();
        String memberId = request.member().memberId();
        Optional<GroupError> refused =
                ClassicJoin.check(request, ports.settings().broker().classic());
        Group group = roster.find(groupId).orElse(null);
        if (refused.isPresent()) {
            step.answer(reply, JoinGroup.Response.refused(refused.get(), memberId));
        } else if (!room.forJoin(step, group, request)) {
            step.answer(reply, JoinGroup.Response.refused(GroupError.COORDINATOR_NOT_AVAILABLE, memberId));
        } else if (group instanceof ConsumerGroup members && !members.isEmpty()) {
            step.answer(reply, classicMembers.join(step, members, request));
            conversion.downgradeIfOnlyClassicMembers(step, members);
        } else if (group == null && !memberId.isEmpty()) {
            step.answer(reply, JoinGroup.Response.refused(GroupError.UNKNOWN_MEMBER_ID, memberId));
        } else if (group == null && roster.isFull()) {
            step.answer(reply, JoinGroup.Response.refused(GroupError.POLICY_VIOLATION, memberId));
        } else {
            if (group instanceof ConsumerGroup empty) {
                conversion.makeEmptyClassic(step, empty);
            }
            ClassicGroup joined = roster.classicOrNew(groupId);
            classicJoin.join(step, joined, request, reply);
            dropIfNothing(joined); // a refused join leaves no group behind
        }
    }

    void sync(Step step, SyncGroup.Request request, Reply<SyncGroup.Response> reply) {
        Group group = roster.find(request.member().groupId()).orElse(null);
        if (request.member().groupId().isEmpty()) {
            step.answer(reply, SyncGroup.Response.refused(GroupError.INVALID_GROUP_ID));
        } else if (group instanceof ClassicGroup classicGroup) {
            classic.sync(step, classicGroup, request, reply);
        } else if (group instanceof ConsumerGroup members) {
            step.answer(reply, classicMembers.sync(members, request));
        } else {
            step.answer(reply, SyncGroup.Response.refused(GroupError.UNKNOWN_MEMBER_ID));
        }
    }

    GroupError heartbeat(Heartbeat.Request request) {
        Group group = roster.find(request.member().groupId()).orElse(null);
        if (group instanceof ClassicGroup classicGroup) {
            return classic.heartbeat(classicGroup, request);
        } else if (group instanceof ConsumerGroup members) {
            return classicMembers.heartbeat(members, request);
        }
        return request.member().groupId().isEmpty() ? GroupError.INVALID_GROUP_ID : GroupError.UNKNOWN_MEMBER_ID;
    }

    LeaveGroup.Response leave(Step step, LeaveGroup.Request request) {
        if (request.groupId().isEmpty()) {
            return LeaveGroup.Response.refused(GroupError.INVALID_GROUP_ID);
        }
        List<LeaveGroup.Left> left = new ArrayList<>(request.leavers().size());
        for (LeaveGroup.Leaver leaver : request.leavers()) {
            // Looked up each time: when one leaves the group may change its protocol.
            GroupError error = roster.find(request.groupId())
                    .map(group -> leave(step, group, leaver))
                    .orElse(GroupError.UNKNOWN_MEMBER_ID);
            left.add(new LeaveGroup.Left(leaver.memberId(), leaver.instanceId(), error));
        }
        return new LeaveGroup.Response(GroupError.NONE, left);
    }

    private GroupError leave(Step step, Group group, LeaveGroup.Leaver leaver) {
        if (group instanceof ConsumerGroup members) {
            return classicMembers.leave(step, members, leaver);
        }
        return group instanceof ClassicGroup classicGroup
                ? classic.leave(step, classicGroup, leaver)
                : GroupError.UNKNOWN_MEMBER_ID;
    }

    OffsetCommit.Response commitOffsets(Step step, OffsetCommit.Request request) {
        OffsetCommit.Response response = offsetRequests.commit(step, request);
        ClassicGroup group = roster.classic(request.member().groupId()).orElse(null);
        ClassicMember member =
                group == null ? null : group.member(request.member().memberId());
        if (response.error() == GroupError.NONE && group != null && member != null) {
            rebalance.keepAlive(group, member);
        }
        return response;
    }

    OffsetFetch.Response fetchOffsets(OffsetFetch.Request request) {
        return offsetRequests.fetch(request);
    }

    OffsetDelete.Response deleteOffsets(Step step, OffsetDelete.Request request) {
        return offsetRequests.delete(step, request);
    }

    GroupError delete(Step step, String groupId) {
        return removal.delete(step, groupId);
    }

    ConsumerGroupHeartbeat.Response consumerHeartbeat(Step step, ConsumerGroupHeartbeat.Request request) {
        String groupId = request.member().groupId();
        Optional<ConsumerGroupHeartbeat.Response> wrong =
                ConsumerCheck.check(request, ports.settings().consumer(groupId));
        if (wrong.isPresent()) {
            return wrong.get();
        }
        boolean joins = request.memberEpoch() == ConsumerGroupHeartbeat.JOIN;
        Group group = roster.find(groupId).orElse(null);
        if (!(group instanceof ConsumerGroup) && !joins) {
            // Whatever became of the group: the member must join again, which Kafka's clients do on this answer only.
            return ConsumerGroupHeartbeat.Response.refused(
                    GroupError.UNKNOWN_MEMBER_ID, "there is no consumer group " + groupId + ": join again");
        }
        if (group == null && roster.isFull()) {
            return ConsumerGroupHeartbeat.Response.refused(
                    GroupError.POLICY_VIOLATION, "there are too many groups: delete some");
        }
        if (!room.forHeartbeat(step, group, request)) {
            return ConsumerGroupHeartbeat.Response.refused(
                    GroupError.COORDINATOR_NOT_AVAILABLE, "the broker has no memory for more in its groups");
        }
        if (group instanceof ClassicGroup classicGroup
                && request.member()
                        .instanceId()
                        .flatMap(classicGroup::memberIdOf)
                        .isPresent()) {
            return ConsumerGroupHeartbeat.Response.refused(
                    GroupError.UNRELEASED_INSTANCE_ID,
                    "the instance is still in use by a member of the classic protocol");
        }
        Optional<ConsumerGroup> served = consumerGroup(step, groupId);
        if (served.isEmpty()) {
            return ConsumerGroupHeartbeat.Response.refused(
                    GroupError.INCONSISTENT_GROUP_PROTOCOL,
                    "group " + groupId + " has members of the classic protocol and cannot be converted");
        }
        return consumers.refusal(served.get(), request).orElseGet(() -> serve(step, served.get(), request));
    }

    private ConsumerGroupHeartbeat.Response serve(
            Step step, ConsumerGroup group, ConsumerGroupHeartbeat.Request request) {
        return request.memberEpoch() < 0 ? consumers.leave(step, group, request) : consumers.stay(step, group, request);
    }

    /** The consumer group of this name: new, or made of the classic group of this name if that can be. */
    private Optional<ConsumerGroup> consumerGroup(Step step, String groupId) {
        Group group = roster.find(groupId).orElse(null);
        if (group instanceof ConsumerGroup existing) {
            return Optional.of(existing);
        }
        if (group instanceof ClassicGroup classicGroup && !classicGroup.isEmpty()) {
            return conversion.upgrade(step, classicGroup);
        }
        return Optional.of(conversion.newConsumerGroup(step, groupId));
    }

    ListGroups.Response list(ListGroups.Request request) {
        List<ListGroups.Listed> listed = new ArrayList<>();
        for (Group group : roster.all()) {
            ListGroups.Listed entry =
                    new ListGroups.Listed(group.groupId(), group.protocolType(), group.state(), group.type());
            if (request.matches(entry)) {
                listed.add(entry);
            }
        }
        return new ListGroups.Response(GroupError.NONE, listed);
    }

    DescribeGroups.Described describeClassic(String groupId) {
        return roster.classic(groupId)
                .map(ClassicRequests::describe)
                .orElseGet(() -> DescribeGroups.Described.refused(groupId, GroupError.GROUP_ID_NOT_FOUND));
    }

    ConsumerGroupDescribe.Described describeConsumer(String groupId) {
        return roster.consumer(groupId)
                .map(group -> ConsumerDescription.of(group, ports.settings().consumer(groupId)))
                .orElseGet(() -> ConsumerGroupDescribe.Described.refused(
                        groupId, groupId.isEmpty() ? GroupError.INVALID_GROUP_ID : GroupError.GROUP_ID_NOT_FOUND));
    }
}
