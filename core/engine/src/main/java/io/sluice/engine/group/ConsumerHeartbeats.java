package io.sluice.engine.group;

import io.sluice.engine.group.ConsumerGroupHeartbeat.Request;
import io.sluice.engine.group.ConsumerGroupHeartbeat.Response;
import io.sluice.engine.group.ConsumerGroupHeartbeat.Subscription;
import io.sluice.engine.group.GroupRecord.MemberProfile;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The heartbeat of KIP-848: lets members in, takes in what they tell, moves the group's epoch and target, and moves the
 * member towards its target. Owned by the shard's home loop.
 */
final class ConsumerHeartbeats {
    private final ShardPorts ports;
    private final Membership membership;
    private final ConsumerSessions sessions;

    ConsumerHeartbeats(ShardPorts ports, Membership membership, ConsumerSessions sessions) {
        this.ports = ports;
        this.membership = membership;
        this.sessions = sessions;
    }

    /** Whether the request's member may do what it asks; empty when it may. */
    Optional<Response> refusal(ConsumerGroup group, Request request) {
        MemberRef ref = request.member();
        ConsumerMember member = group.member(ref.memberId());
        ConsumerMember namesake = ref.instanceId().map(group::memberOf).orElse(null);
        boolean joins = request.memberEpoch() == ConsumerGroupHeartbeat.JOIN;
        if (ref.instanceId().isPresent()) {
            if (joins && namesake != null && !namesake.memberId().equals(ref.memberId()) && !namesake.isAway()) {
                return refused(
                        GroupError.UNRELEASED_INSTANCE_ID,
                        "instance " + ref.instanceId().get() + " is still in use by member " + namesake.memberId());
            }
            if (!joins && namesake == null) {
                return unknown(ref);
            }
            if (!joins && namesake != null && !namesake.memberId().equals(ref.memberId())) {
                return refused(
                        GroupError.FENCED_INSTANCE_ID,
                        "instance " + ref.instanceId().get() + " belongs to member " + namesake.memberId() + " now");
            }
        }
        if (joins) {
            return roomFor(group, request, member != null || namesake != null);
        }
        if (member == null) {
            return unknown(ref);
        }
        return request.memberEpoch() < 0 ? Optional.empty() : staleness(member, request);
    }

    private Optional<Response> roomFor(ConsumerGroup group, Request request, boolean known) {
        GroupConfig.Consumer config = ports.settings().consumer(group.groupId());
        if (!known && group.size() >= Math.min(config.maxSize(), Bounds.MEMBERS)) {
            return refused(
                    GroupError.GROUP_MAX_SIZE_REACHED,
                    "group " + group.groupId() + " has its maximum of " + group.size() + " members");
        }
        Optional<String> regex = request.subscription().regex().filter(text -> !text.isEmpty());
        if (regex.isPresent() && group.expressions().size() >= Bounds.REGEXES) {
            return refused(
                    GroupError.INVALID_REQUEST,
                    "group " + group.groupId() + " has its maximum of " + Bounds.REGEXES + " regular expressions");
        }
        return Optional.empty();
    }

    /** A member that comes with its previous epoch has missed an answer, if it owns nothing but what it may. */
    private static Optional<Response> staleness(ConsumerMember member, Request request) {
        Holding holding = member.holding();
        int epoch = request.memberEpoch();
        boolean missedAnAnswer = epoch == holding.previousEpoch()
                && request.owned().filter(holding.assigned()::containsAll).isPresent();
        if (epoch == holding.epoch() || epoch < holding.epoch() && missedAnAnswer) {
            return Optional.empty();
        }
        return refused(
                GroupError.FENCED_MEMBER_EPOCH,
                "member " + member.memberId() + " has epoch " + holding.epoch() + ", not " + epoch
                        + ": give up all partitions and join again");
    }

    private static Optional<Response> unknown(MemberRef ref) {
        return refused(
                GroupError.UNKNOWN_MEMBER_ID,
                "member " + ref.memberId() + " is not in group " + ref.groupId() + ": join again");
    }

    private static Optional<Response> refused(GroupError error, String message) {
        return Optional.of(Response.refused(error, message));
    }

    /** A member joins or stays. {@link #refusal} has let it pass. */
    Response stay(Step step, ConsumerGroup group, Request request) {
        boolean joins = request.memberEpoch() == ConsumerGroupHeartbeat.JOIN;
        String named = request.member().memberId();
        String memberId = named.isEmpty() ? ports.entropy().nextUuid().toString() : named;
        if (joins) {
            Optional<ConsumerMember> absent = request.member()
                    .instanceId()
                    .map(group::memberOf)
                    .filter(member -> !member.memberId().equals(memberId));
            absent.ifPresent(member -> membership.takePlace(step, group, member, memberId));
        }
        ConsumerMember before = group.member(memberId);
        Assignment assigned =
                before == null || joins ? Assignment.NONE : before.holding().assigned();
        Holding next = membership.advance(step, group, memberId, profile(before, request), joins, request.owned());
        boolean tell = joins
                || request.memberEpoch() != next.epoch()
                || !next.assigned().equals(assigned)
                || request.owned().isPresent() && !request.owned().get().equals(next.assigned());
        return answer(group, memberId, next, tell ? Optional.of(next.assigned()) : Optional.empty());
    }

    private Response answer(ConsumerGroup group, String memberId, Holding holding, Optional<Assignment> assignment) {
        int intervalMs = ports.settings().consumer(group.groupId()).heartbeatIntervalMs();
        return new Response(GroupError.NONE, "", memberId, holding.epoch(), intervalMs, assignment);
    }

    static MemberProfile profile(@Nullable ConsumerMember before, Request request) {
        Subscription wants = request.subscription();
        Optional<MemberProfile> known = Optional.ofNullable(before)
                .filter(member -> request.memberEpoch() != ConsumerGroupHeartbeat.JOIN)
                .map(ConsumerMember::profile);
        Optional<String> regex = wants.regex().isPresent()
                ? wants.regex().filter(text -> !text.isEmpty())
                : known.flatMap(MemberProfile::regex);
        int rebalanceMs = request.rebalanceTimeoutMs() >= 0
                ? request.rebalanceTimeoutMs()
                : known.map(MemberProfile::rebalanceTimeoutMs).orElse(-1);
        return new MemberProfile(
                request.member().instanceId().or(() -> known.flatMap(MemberProfile::instanceId)),
                request.rackId().or(() -> known.flatMap(MemberProfile::rackId)),
                request.client(),
                wants.topics().or(() -> known.map(MemberProfile::topics)).orElse(Set.of()),
                regex,
                rebalanceMs,
                wants.assignor().or(() -> known.flatMap(MemberProfile::assignor)),
                Optional.empty());
    }

    /** A member leaves, for good or, if it is static, for a while. {@link #refusal} has let it pass. */
    Response leave(Step step, ConsumerGroup group, Request request) {
        String memberId = request.member().memberId();
        ConsumerMember member = group.memberOrThrow(memberId);
        if (request.memberEpoch() == ConsumerGroupHeartbeat.LEAVE_FOR_NOW) {
            // Its process is gone, and so is the need to wait for what it was to give up.
            Holding away = member.holding()
                    .next(member.epoch(), Holding.State.STABLE, member.holding().assigned(), Assignment.NONE)
                    .withEpoch(ConsumerGroupHeartbeat.LEAVE_FOR_NOW);
            step.write(new GroupRecord.Current(group.groupId(), memberId, Optional.of(away)));
            sessions.holdingChanged(group, group.memberOrThrow(memberId));
        } else {
            sessions.remove(step, group, memberId);
        }
        return new Response(GroupError.NONE, "", memberId, request.memberEpoch(), 0, Optional.empty());
    }
}
