package io.sluice.engine.group;

import io.sluice.engine.group.Rules.Rule;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** JoinGroup for classic groups. Owned by the shard's home loop. */
final class ClassicJoin {
    private static final Logger log = LoggerFactory.getLogger(ClassicJoin.class);

    private final ShardPorts ports;
    private final ClassicRebalance rebalance;

    ClassicJoin(ShardPorts ports, ClassicRebalance rebalance) {
        this.ports = ports;
        this.rebalance = rebalance;
    }

    /** Refuses what no state of any group makes right. */
    static Optional<GroupError> check(JoinGroup.Request request, GroupConfig.Classic config) {
        MemberRef member = request.member();
        if (member.groupId().isEmpty()) {
            return Optional.of(GroupError.INVALID_GROUP_ID);
        }
        int sessionMs = request.timeouts().sessionMs();
        if (sessionMs < config.minSessionTimeoutMs() || sessionMs > config.maxSessionTimeoutMs()) {
            return Optional.of(GroupError.INVALID_SESSION_TIMEOUT);
        }
        boolean oversized = request.protocols().size() > Bounds.PROTOCOLS
                || request.protocolType().length() > Bounds.ID_CHARS
                || request.protocols().stream()
                        .anyMatch(protocol -> protocol.name().length() > Bounds.ID_CHARS)
                || IdBounds.exceeded(member, request.client());
        return oversized || request.timeouts().rebalanceMs() < 0
                ? Optional.of(GroupError.INVALID_REQUEST)
                : Optional.empty();
    }

    void join(Step step, ClassicGroup group, JoinGroup.Request request, Reply<JoinGroup.Response> reply) {
        String memberId = request.member().memberId();
        GroupError error = admission(group, request);
        if (error == GroupError.NONE && !group.supports(request.protocolType(), request.protocols())) {
            error = GroupError.INCONSISTENT_GROUP_PROTOCOL;
        }
        if (error != GroupError.NONE) {
            step.answer(reply, JoinGroup.Response.refused(error, memberId));
        } else if (memberId.isEmpty()) {
            joinNew(step, group, request, reply);
        } else {
            joinKnown(step, group, request, reply);
        }
    }

    /**
     * Whether the group has room (G7). Before the barrier falls only those count that have joined, and static members,
     * whose places are kept; who has not come back by then is out.
     */
    private GroupError admission(ClassicGroup group, JoinGroup.Request request) {
        String memberId = request.member().memberId();
        ClassicMember member = group.member(memberId);
        int configured = ports.settings().broker().classic().maxSize();
        long limit = Math.min(configured, Bounds.MEMBERS);
        boolean hasPlace = replaces(group, request);
        boolean room =
                switch (group.state()) {
                    case PREPARING_REBALANCE ->
                        hasPlace
                                || member != null && member.isJoining()
                                || !ports.rules().keeps(Rule.G7_SIZE_BOUNDED)
                                || group.placesTaken() < limit;
                    case COMPLETING_REBALANCE, STABLE ->
                        hasPlace || member != null || group.members().size() < limit;
                    default -> limit > 0;
                };
        boolean known = member != null || group.pendingMembers().contains(memberId);
        int claimed = group.members().size() + group.pendingMembers().size();
        return room && (known || claimed < Bounds.MEMBERS) && hasRoomForMetadata(group, request)
                ? GroupError.NONE
                : GroupError.GROUP_MAX_SIZE_REACHED;
    }

    private static boolean replaces(ClassicGroup group, JoinGroup.Request request) {
        return request.member().instanceId().flatMap(group::memberIdOf).isPresent();
    }

    private boolean hasRoomForMetadata(ClassicGroup group, JoinGroup.Request request) {
        MemberRef ref = request.member();
        ClassicMember before =
                group.member(ref.instanceId().flatMap(group::memberIdOf).orElse(ref.memberId()));
        long more = ClassicMember.metadataBytes(request.protocols()) - (before == null ? 0 : before.metadataBytes());
        return more <= 0 || group.metadataBytes() + more <= ports.memory().oneGroupBytes();
    }

    private void joinNew(Step step, ClassicGroup group, JoinGroup.Request request, Reply<JoinGroup.Response> reply) {
        Optional<String> instanceId = request.member().instanceId();
        String memberId = newMemberId(request);
        if (instanceId.isPresent()) {
            ClassicMember old =
                    instanceId.flatMap(group::memberIdOf).map(group::member).orElse(null);
            if (old == null) {
                add(step, group, memberId, request, reply);
            } else {
                replace(step, group, old, memberId, request, reply);
            }
        } else if (request.understands().requireKnownMemberId()) {
            group.addPending(memberId);
            rebalance.watchPending(group, memberId, request.timeouts().sessionMs());
            step.answer(reply, JoinGroup.Response.refused(GroupError.MEMBER_ID_REQUIRED, memberId));
        } else {
            add(step, group, memberId, request, reply);
        }
    }

    private String newMemberId(JoinGroup.Request request) {
        String prefix = request.member().instanceId().orElse(request.client().id());
        return prefix + "-" + ports.entropy().nextUuid();
    }

    private void add(
            Step step,
            ClassicGroup group,
            String memberId,
            JoinGroup.Request request,
            Reply<JoinGroup.Response> reply) {
        ClassicMember member = new ClassicMember(
                memberId, request.member().instanceId(), request.client(), request.timeouts(), request.protocols());
        member.startJoining(reply);
        group.add(member, request.protocolType());
        if (group.state() == GroupState.PREPARING_REBALANCE && group.firstRebalance()) {
            group.joinedDuringDelay(true);
        }
        rebalance.watchFirstJoin(group, member);
        rebalance.changed(step, group, "a member joins: " + request.reason());
    }

    private void joinKnown(Step step, ClassicGroup group, JoinGroup.Request request, Reply<JoinGroup.Response> reply) {
        MemberRef ref = request.member();
        if (group.pendingMembers().contains(ref.memberId()) && ref.instanceId().isEmpty()) {
            add(step, group, ref.memberId(), request, reply);
            return;
        }
        GroupError error = ClassicFence.check(group, ref, ports.rules());
        ClassicMember member = group.member(ref.memberId());
        if (error != GroupError.NONE || member == null) {
            step.answer(
                    reply,
                    JoinGroup.Response.refused(
                            error == GroupError.NONE ? GroupError.UNKNOWN_MEMBER_ID : error, ref.memberId()));
            return;
        }
        switch (group.state()) {
            case PREPARING_REBALANCE -> rejoin(step, group, member, request, reply);
            case COMPLETING_REBALANCE -> {
                // The answer to an earlier join was lost: nothing has changed for this member.
                if (member.offers(request.protocols())) {
                    answerAgain(step, group, member, reply);
                } else {
                    rejoin(step, group, member, request, reply);
                }
            }
            case STABLE -> {
                // The leader joins again when it has seen that the work must be divided anew.
                if (group.isLeader(member.memberId()) || !member.offers(request.protocols())) {
                    rejoin(step, group, member, request, reply);
                } else {
                    answerAgain(step, group, member, reply);
                }
            }
            default -> step.answer(reply, JoinGroup.Response.refused(GroupError.UNKNOWN_MEMBER_ID, ref.memberId()));
        }
    }

    private void answerAgain(Step step, ClassicGroup group, ClassicMember member, Reply<JoinGroup.Response> reply) {
        rebalance.keepAlive(group, member);
        step.answer(reply, rebalance.joined(group, member));
    }

    private void rejoin(
            Step step,
            ClassicGroup group,
            ClassicMember member,
            JoinGroup.Request request,
            Reply<JoinGroup.Response> reply) {
        // A request that still waits was given up by its client, which asks again.
        member.answerJoin(step, JoinGroup.Response.refused(GroupError.REBALANCE_IN_PROGRESS, member.memberId()));
        group.update(member, request);
        member.startJoining(reply);
        rebalance.keepAlive(group, member);
        rebalance.changed(step, group, "a member joins again: " + request.reason());
    }

    /** A static member's process comes back without its member id (G3): the old id is fenced, the place is kept. */
    private void replace(
            Step step,
            ClassicGroup group,
            ClassicMember old,
            String memberId,
            JoinGroup.Request request,
            Reply<JoinGroup.Response> reply) {
        log.info(
                "msg=\"static member returns\" group={} instance={} was={} is={}",
                group.groupId(),
                old.instanceId().orElse(""),
                old.memberId(),
                memberId);
        String leaderBefore = group.leader().orElse("");
        old.refuse(step, GroupError.FENCED_INSTANCE_ID);
        rebalance.stopWatching(group, old.memberId());
        ClassicMember successor = old.replacedBy(memberId);
        group.replace(old, successor);
        group.update(successor, request);
        boolean sameProtocol = group.state() == GroupState.STABLE
                && group.protocol().filter(group.selectProtocol()::equals).isPresent();
        boolean sameSubscription = sameProtocol
                && old.metadata(group.protocol().orElse(""))
                        .equals(successor.metadata(group.protocol().orElse("")));
        if (sameProtocol && sameSubscription) {
            keepGeneration(step, group, successor, request, reply, leaderBefore);
        } else {
            successor.startJoining(reply);
            rebalance.keepAlive(group, successor);
            rebalance.changed(step, group, "a static member returns changed: " + request.reason());
        }
    }

    /** Nothing but the member's id has changed: no rebalance, but the log must know the new id before anyone else. */
    private void keepGeneration(
            Step step,
            ClassicGroup group,
            ClassicMember member,
            JoinGroup.Request request,
            Reply<JoinGroup.Response> reply,
            String leaderBefore) {
        step.write(new GroupRecord.Classic(group.groupId(), Optional.of(group.currentSnapshot(step.nowMs()))));
        member.joined();
        rebalance.keepAlive(group, member);
        boolean leads = group.isLeader(member.memberId());
        boolean canSkip = request.understands().skippingAssignment();
        // A leader that cannot be told to skip would assign anew: it is told that someone else leads.
        step.answer(
                reply,
                new JoinGroup.Response(
                        GroupError.NONE,
                        member.memberId(),
                        group.generation(),
                        Optional.of(group.protocolType()),
                        group.protocol(),
                        canSkip ? group.leader().orElse("") : leaderBefore,
                        canSkip && leads,
                        canSkip && leads ? ClassicRebalance.membersFor(group) : List.of()));
    }
}
