package io.sluice.engine.group;

import io.sluice.engine.group.GroupRecord.ClassicProfile;
import io.sluice.engine.group.GroupRecord.MemberProfile;
import io.sluice.engine.group.JoinGroup.Protocol;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Members of the classic protocol in a consumer group, while a fleet of clients moves from one protocol to the other.
 * Such a member sees a classic group that it never leads: its generation is its member epoch, and it is told to join
 * again whenever a heartbeat of the new protocol would have told it something new. Owned by the shard's home loop.
 */
final class ClassicMembers {
    private final ShardPorts ports;
    private final Membership membership;
    private final ConsumerSessions sessions;

    ClassicMembers(ShardPorts ports, Membership membership, ConsumerSessions sessions) {
        this.ports = ports;
        this.membership = membership;
        this.sessions = sessions;
    }

    JoinGroup.Response join(Step step, ConsumerGroup group, JoinGroup.Request request) {
        MemberRef ref = request.member();
        ConsumerMember namesake = ref.instanceId().map(group::memberOf).orElse(null);
        Optional<ClassicSubscription> subscription =
                request.protocols().stream().findFirst().flatMap(first -> ClassicSubscription.parse(first.metadata()));
        GroupError error = refusal(group, request, namesake);
        if (error == GroupError.NONE && (subscription.isEmpty() || !fits(group, request))) {
            error = GroupError.INCONSISTENT_GROUP_PROTOCOL;
        }
        if (error == GroupError.NONE
                && subscription.filter(said -> wasTakenOut(group, ref, said)).isPresent()) {
            error = GroupError.UNKNOWN_MEMBER_ID;
        }
        if (error != GroupError.NONE || subscription.isEmpty()) {
            return JoinGroup.Response.refused(error, ref.memberId());
        }
        String memberId = ref.memberId();
        if (memberId.isEmpty()) {
            memberId = ref.instanceId().orElse(request.client().id()) + "-"
                    + ports.entropy().nextUuid();
            if (ref.instanceId().isEmpty() && request.understands().requireKnownMemberId()) {
                return JoinGroup.Response.refused(GroupError.MEMBER_ID_REQUIRED, memberId);
            }
        }
        return enter(step, group, memberId, request, subscription.get(), namesake);
    }

    private GroupError refusal(ConsumerGroup group, JoinGroup.Request request, @Nullable ConsumerMember namesake) {
        MemberRef ref = request.member();
        boolean returns = ref.instanceId().isPresent() && !ref.memberId().isEmpty();
        if (returns && namesake == null) {
            return GroupError.UNKNOWN_MEMBER_ID;
        }
        if (returns && namesake != null && !namesake.memberId().equals(ref.memberId())) {
            return GroupError.FENCED_INSTANCE_ID;
        }
        boolean known = namesake != null || group.member(ref.memberId()) != null;
        int maxSize = ports.settings().consumer(group.groupId()).maxSize();
        return known || group.size() < Math.min(maxSize, Bounds.MEMBERS)
                ? GroupError.NONE
                : GroupError.GROUP_MAX_SIZE_REACHED;
    }

    /**
     * Whether the member believes that it is in, but is not any more: it must hear so, or it would go on with partitions
     * that others have by now, and commit for them as the new member that it would become. An id that was given out and
     * comes for the first time (KIP-394) has no generation yet.
     */
    private static boolean wasTakenOut(ConsumerGroup group, MemberRef ref, ClassicSubscription subscription) {
        boolean named = !ref.memberId().isEmpty() && ref.instanceId().isEmpty();
        return named && group.member(ref.memberId()) == null && subscription.generation() >= 0;
    }

    /** Whether the group could be a classic one again with this member. */
    private static boolean fits(ConsumerGroup group, JoinGroup.Request request) {
        if (!request.protocolType().equals(ClassicGroup.CONSUMER_PROTOCOL_TYPE)) {
            return false;
        }
        Set<String> common = new HashSet<>();
        request.protocols().forEach(offered -> common.add(offered.name()));
        for (ConsumerMember member : group.members()) {
            if (member.isClassic() && !member.memberId().equals(request.member().memberId())) {
                common.retainAll(GroupConversion.protocols(member).stream()
                        .map(Protocol::name)
                        .toList());
            }
        }
        return !common.isEmpty();
    }

    private JoinGroup.Response enter(
            Step step,
            ConsumerGroup group,
            String memberId,
            JoinGroup.Request request,
            ClassicSubscription subscription,
            @Nullable ConsumerMember namesake) {
        if (namesake != null && !namesake.memberId().equals(memberId)) {
            membership.takePlace(step, group, namesake, memberId);
        }
        ConsumerMember before = group.member(memberId);
        boolean anew = before == null
                || !before.isClassic()
                || request.member().memberId().isEmpty();
        // Without the answer that let it into its generation it names an earlier one, and uses what it claims all the
        // same.
        Assignment owned = before == null
                ? Assignment.NONE
                : subscription.owned(ports.topics().get());
        MemberProfile profile = new MemberProfile(
                request.member().instanceId(),
                subscription.rackId(),
                request.client(),
                new HashSet<>(subscription.topics()),
                Optional.empty(),
                request.timeouts().rebalanceMs(),
                Optional.empty(),
                Optional.of(new ClassicProfile(request.timeouts().sessionMs(), request.protocols())));
        Holding holding = membership.advance(step, group, memberId, profile, anew, Optional.of(owned));
        sessions.joined(group, group.memberOrThrow(memberId));
        return new JoinGroup.Response(
                GroupError.NONE,
                memberId,
                holding.epoch(),
                Optional.of(ClassicGroup.CONSUMER_PROTOCOL_TYPE),
                Optional.of(request.protocols().get(0).name()),
                "",
                false,
                List.of());
    }

    SyncGroup.Response sync(ConsumerGroup group, SyncGroup.Request request) {
        GroupError error = fence(group, request.member(), request.generation());
        ConsumerMember member = group.member(request.member().memberId());
        if (error != GroupError.NONE || member == null) {
            return SyncGroup.Response.refused(error == GroupError.NONE ? GroupError.UNKNOWN_MEMBER_ID : error);
        }
        Protocol first = GroupConversion.protocols(member).get(0);
        boolean otherType = request.protocolType()
                .filter(type -> !type.equals(ClassicGroup.CONSUMER_PROTOCOL_TYPE))
                .isPresent();
        boolean otherProtocol =
                request.protocol().filter(name -> !name.equals(first.name())).isPresent();
        if (otherType || otherProtocol) {
            return SyncGroup.Response.refused(GroupError.INCONSISTENT_GROUP_PROTOCOL);
        }
        if (group.epoch() > member.epoch() && member.holding().state() != Holding.State.UNREVOKED) {
            sessions.expectJoin(group, member);
            return SyncGroup.Response.refused(GroupError.REBALANCE_IN_PROGRESS);
        }
        sessions.synced(group, member);
        sessions.keepAlive(group, member);
        int version = ClassicSubscription.parse(first.metadata())
                .map(ClassicSubscription::version)
                .orElse(0);
        return new SyncGroup.Response(
                GroupError.NONE,
                Optional.of(ClassicGroup.CONSUMER_PROTOCOL_TYPE),
                Optional.of(first.name()),
                ClassicAssignment.encode(
                        member.holding().assigned(), version, ports.topics().get()));
    }

    GroupError heartbeat(ConsumerGroup group, Heartbeat.Request request) {
        GroupError error = fence(group, request.member(), request.generation());
        ConsumerMember member = group.member(request.member().memberId());
        if (error != GroupError.NONE || member == null) {
            return error == GroupError.NONE ? GroupError.UNKNOWN_MEMBER_ID : error;
        }
        sessions.keepAlive(group, member);
        Holding holding = member.holding();
        boolean mustJoin = member.epoch() < group.epoch()
                || holding.state() == Holding.State.UNREVOKED
                || holding.state() == Holding.State.UNRELEASED && canHaveMore(group, member);
        if (mustJoin) {
            sessions.expectJoin(group, member);
            return GroupError.REBALANCE_IN_PROGRESS;
        }
        return GroupError.NONE;
    }

    private static boolean canHaveMore(ConsumerGroup group, ConsumerMember member) {
        List<Boolean> free = new ArrayList<>();
        Assignment missing =
                group.target(member.memberId()).minus(member.holding().assigned());
        missing.forEach((topicId, partition) -> free.add(group.isFreeFor(member.memberId(), topicId, partition)));
        return free.contains(true);
    }

    private static GroupError fence(ConsumerGroup group, MemberRef ref, int generation) {
        GroupError error = fence(group, ref);
        ConsumerMember member = group.member(ref.memberId());
        if (error != GroupError.NONE || member == null || !member.isClassic()) {
            return error == GroupError.NONE ? GroupError.UNKNOWN_MEMBER_ID : error;
        }
        return generation == member.epoch() ? GroupError.NONE : GroupError.ILLEGAL_GENERATION;
    }

    private static GroupError fence(ConsumerGroup group, MemberRef ref) {
        if (ref.instanceId().isPresent()) {
            ConsumerMember namesake = group.memberOf(ref.instanceId().get());
            if (namesake == null) {
                return GroupError.UNKNOWN_MEMBER_ID;
            }
            return namesake.memberId().equals(ref.memberId()) ? GroupError.NONE : GroupError.FENCED_INSTANCE_ID;
        }
        return group.member(ref.memberId()) == null ? GroupError.UNKNOWN_MEMBER_ID : GroupError.NONE;
    }

    /** LeaveGroup: classic members by id, any static member by its instance id alone. */
    GroupError leave(Step step, ConsumerGroup group, LeaveGroup.Leaver leaver) {
        Optional<ConsumerMember> named = leaver.instanceId().map(group::memberOf);
        boolean byName = leaver.memberId().isEmpty() && leaver.instanceId().isPresent();
        String memberId = byName ? named.map(ConsumerMember::memberId).orElse("") : leaver.memberId();
        MemberRef ref = new MemberRef(group.groupId(), memberId, leaver.instanceId());
        GroupError error = fence(group, ref);
        ConsumerMember member = group.member(memberId);
        if (error != GroupError.NONE || member == null) {
            return error == GroupError.NONE ? GroupError.UNKNOWN_MEMBER_ID : error;
        }
        sessions.remove(step, group, memberId);
        return GroupError.NONE;
    }
}
