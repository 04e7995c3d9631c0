package io.sluice.engine.group;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** SyncGroup, Heartbeat, LeaveGroup and DescribeGroups for classic groups. Owned by the shard's home loop. */
final class ClassicRequests {
    private final ShardPorts ports;
    private final ClassicRebalance rebalance;
    private final GroupRoom room;

    ClassicRequests(ShardPorts ports, ClassicRebalance rebalance, GroupRoom room) {
        this.ports = ports;
        this.rebalance = rebalance;
        this.room = room;
    }

    void sync(Step step, ClassicGroup group, SyncGroup.Request request, Reply<SyncGroup.Response> reply) {
        GroupError error = checkSync(group, request);
        ClassicMember member = group.member(request.member().memberId());
        if (error != GroupError.NONE || member == null) {
            step.answer(
                    reply, SyncGroup.Response.refused(error == GroupError.NONE ? GroupError.UNKNOWN_MEMBER_ID : error));
            return;
        }
        rebalance.syncDone(group, member.memberId());
        if (group.state() == GroupState.STABLE) {
            rebalance.keepAlive(group, member);
            step.answer(reply, rebalance.synced(group, member));
            return;
        }
        boolean leads = group.isLeader(member.memberId());
        if (leads && assignmentBytes(request.assignments()) > ports.memory().oneGroupBytes()) {
            step.answer(reply, SyncGroup.Response.refused(GroupError.POLICY_VIOLATION));
            return;
        }
        if (leads && !room.forAssignments(step, group, request.assignments())) {
            step.answer(reply, SyncGroup.Response.refused(GroupError.COORDINATOR_NOT_AVAILABLE));
            return;
        }
        // A request that still waits was given up by its client, which asks again.
        member.answerSync(step, SyncGroup.Response.refused(GroupError.REBALANCE_IN_PROGRESS));
        member.startSyncing(reply);
        if (leads) {
            rebalance.assigned(step, group, request.assignments());
        }
    }

    private GroupError checkSync(ClassicGroup group, SyncGroup.Request request) {
        GroupError fenced = ClassicFence.check(group, request.member(), request.generation(), ports.rules());
        if (fenced != GroupError.NONE) {
            return fenced;
        }
        boolean otherType = request.protocolType()
                .filter(type -> !type.equals(group.protocolType()))
                .isPresent();
        boolean otherProtocol = request.protocol().isPresent()
                && group.protocol().isPresent()
                && !request.protocol().equals(group.protocol());
        if (otherType || otherProtocol) {
            return GroupError.INCONSISTENT_GROUP_PROTOCOL;
        }
        return switch (group.state()) {
            case PREPARING_REBALANCE -> GroupError.REBALANCE_IN_PROGRESS;
            case COMPLETING_REBALANCE, STABLE -> GroupError.NONE;
            default -> GroupError.UNKNOWN_MEMBER_ID;
        };
    }

    private static long assignmentBytes(Map<String, Bytes> assignments) {
        return assignments.values().stream().mapToLong(Bytes::size).sum();
    }

    GroupError heartbeat(ClassicGroup group, Heartbeat.Request request) {
        GroupError fenced = ClassicFence.check(group, request.member(), request.generation(), ports.rules());
        ClassicMember member = group.member(request.member().memberId());
        if (fenced != GroupError.NONE || member == null) {
            return fenced == GroupError.NONE ? GroupError.UNKNOWN_MEMBER_ID : fenced;
        }
        rebalance.keepAlive(group, member);
        return group.state() == GroupState.PREPARING_REBALANCE ? GroupError.REBALANCE_IN_PROGRESS : GroupError.NONE;
    }

    GroupError leave(Step step, ClassicGroup group, LeaveGroup.Leaver leaver) {
        if (rebalance.pendingGone(step, group, leaver.memberId())) {
            return GroupError.NONE;
        }
        String memberId = leaver.memberId();
        if (memberId.isEmpty() && leaver.instanceId().isPresent()) {
            // An operator removes a static member by its instance id.
            Optional<String> current = leaver.instanceId().flatMap(group::memberIdOf);
            if (current.isEmpty()) {
                return GroupError.UNKNOWN_MEMBER_ID;
            }
            memberId = current.get();
        }
        MemberRef ref = new MemberRef(group.groupId(), memberId, leaver.instanceId());
        GroupError error = ClassicFence.check(group, ref, ports.rules());
        if (error == GroupError.NONE) {
            rebalance.expel(step, group, memberId, "a member leaves: " + leaver.reason());
        }
        return error;
    }

    static DescribeGroups.Described describe(ClassicGroup group) {
        boolean stable = group.state() == GroupState.STABLE;
        String protocol = stable ? group.protocol().orElse("") : "";
        List<DescribeGroups.Member> members = group.members().stream()
                .map(member -> new DescribeGroups.Member(
                        member.memberId(),
                        member.instanceId(),
                        member.client(),
                        stable ? member.metadata(protocol) : Bytes.EMPTY,
                        stable ? member.assignment() : Bytes.EMPTY))
                .toList();
        return new DescribeGroups.Described(
                group.groupId(), GroupError.NONE, group.state(), group.protocolType(), protocol, members);
    }
}
