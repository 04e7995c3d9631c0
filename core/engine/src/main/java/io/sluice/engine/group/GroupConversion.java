package io.sluice.engine.group;

import io.sluice.engine.group.GroupRecord.ClassicProfile;
import io.sluice.engine.group.GroupRecord.ClassicSnapshot;
import io.sluice.engine.group.GroupRecord.GroupEpoch;
import io.sluice.engine.group.GroupRecord.MemberProfile;
import io.sluice.engine.group.JoinGroup.Protocol;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes a group's protocol while its members work: a classic group of consumers becomes a consumer group when the
 * first member of the new protocol joins, and goes back when the last such member has gone and classic members remain.
 * Offsets and assignments stay. Owned by the shard's home loop.
 */
final class GroupConversion {
    private static final Logger log = LoggerFactory.getLogger(GroupConversion.class);

    /** {@code claimed} is what the member said that it owned when it last joined. */
    private record Converted(MemberProfile profile, Assignment assigned, Assignment claimed) {}

    private final ShardPorts ports;
    private final Roster roster;
    private final GroupRemoval removal;
    private final ClassicRebalance rebalance;
    private final ConsumerSessions sessions;

    GroupConversion(
            ShardPorts ports,
            Roster roster,
            GroupRemoval removal,
            ClassicRebalance rebalance,
            ConsumerSessions sessions) {
        this.ports = ports;
        this.roster = roster;
        this.removal = removal;
        this.rebalance = rebalance;
        this.sessions = sessions;
    }

    /** Makes a classic group with members a consumer group; empty when its members or the settings forbid it. */
    Optional<ConsumerGroup> upgrade(Step step, ClassicGroup group) {
        String groupId = group.groupId();
        GroupConfig.Consumer config = ports.settings().consumer(groupId);
        boolean consumers = group.protocolType().equals(ClassicGroup.CONSUMER_PROTOCOL_TYPE);
        if (!config.migration().upgrades() || !consumers || group.members().size() >= config.maxSize()) {
            return Optional.empty();
        }
        TreeMap<String, Converted> converted = new TreeMap<>();
        for (ClassicMember member : group.members()) {
            Optional<Converted> one = convert(member);
            if (one.isEmpty()) {
                return Optional.empty();
            }
            if (member.joinedOnce()) {
                converted.put(member.memberId(), one.get());
            }
        }
        log.info("msg=\"classic group becomes a consumer group\" group={} members={}", groupId, converted.size());
        group.members().forEach(member -> member.refuse(step, GroupError.REBALANCE_IN_PROGRESS));
        removal.remove(step, group);
        return Optional.of(write(step, groupId, group.generation(), converted));
    }

    /**
     * A consumer group without members, in the place of the classic one of this name, if there is one, that has none. It
     * counts on from there: a consumer keeps its id for as long as it lives, so an epoch that comes again would let a
     * commit pass that the consumer sent when it was in the group before (G9).
     */
    ConsumerGroup newConsumerGroup(Step step, String groupId) {
        Optional<ClassicGroup> empty = roster.classic(groupId);
        empty.ifPresent(group -> removal.remove(step, group));
        int epoch = empty.map(ClassicGroup::generation).orElse(0);
        step.write(new GroupRecord.Epoch(groupId, Optional.of(new GroupEpoch(epoch, 0))));
        return roster.consumer(groupId).orElseThrow();
    }

    /** Makes a consumer group without members a classic one, which counts on from its epoch. */
    void makeEmptyClassic(Step step, ConsumerGroup group) {
        removal.remove(step, group);
        ClassicSnapshot empty = new ClassicSnapshot(
                ClassicGroup.CONSUMER_PROTOCOL_TYPE,
                group.epoch(),
                Optional.empty(),
                Optional.empty(),
                step.nowMs(),
                List.of());
        step.write(new GroupRecord.Classic(group.groupId(), Optional.of(empty)));
    }

    private Optional<Converted> convert(ClassicMember member) {
        TopicView topics = ports.topics().get();
        Optional<ClassicSubscription> subscription =
                member.protocols().stream().findFirst().flatMap(first -> ClassicSubscription.parse(first.metadata()));
        Optional<Assignment> assigned = ClassicAssignment.parse(member.assignment(), topics);
        if (subscription.isEmpty() || assigned.isEmpty()) {
            return Optional.empty();
        }
        MemberProfile profile = new MemberProfile(
                member.instanceId(),
                subscription.get().rackId(),
                member.client(),
                new HashSet<>(subscription.get().topics()),
                Optional.empty(),
                member.timeouts().rebalanceMs(),
                Optional.empty(),
                Optional.of(new ClassicProfile(member.timeouts().sessionMs(), member.protocols())));
        return Optional.of(
                new Converted(profile, assigned.get(), subscription.get().owned(topics)));
    }

    private ConsumerGroup write(Step step, String groupId, int generation, Map<String, Converted> members) {
        step.write(new GroupRecord.Epoch(groupId, Optional.of(new GroupEpoch(generation, 0))));
        Assignment taken = Assignment.NONE;
        Assignment assignedToAny =
                members.values().stream().map(Converted::assigned).reduce(Assignment.NONE, Assignment::plus);
        for (Map.Entry<String, Converted> entry : members.entrySet()) {
            String memberId = entry.getKey();
            // Classic leaders may assign as they like; here a partition has one owner.
            Assignment assigned = entry.getValue().assigned().minus(taken);
            // What the member owned and was not given again it may still be using, until it joins without it.
            Assignment revoking =
                    entry.getValue().claimed().minus(assignedToAny).minus(taken);
            Assignment held = assigned.plus(revoking);
            taken = taken.plus(held);
            TreeMap<Integer, Assignment> since = new TreeMap<>();
            if (!held.isEmpty()) {
                since.put(generation, held);
            }
            Holding.State state = revoking.isEmpty() ? Holding.State.STABLE : Holding.State.UNREVOKED;
            Holding holding = new Holding(generation, generation, state, assigned, revoking, since);
            step.write(new GroupRecord.Member(
                    groupId, memberId, Optional.of(entry.getValue().profile())));
            step.write(new GroupRecord.Target(groupId, memberId, Optional.of(assigned)));
            step.write(new GroupRecord.Current(groupId, memberId, Optional.of(holding)));
        }
        step.write(new GroupRecord.TargetEpoch(groupId, OptionalInt.of(generation)));
        ConsumerGroup group = roster.consumer(groupId).orElseThrow();
        sessions.loaded(group);
        return group;
    }

    /** Makes a consumer group that only classic members are left in a classic group, which then rebalances; true if so. */
    boolean downgradeIfOnlyClassicMembers(Step step, ConsumerGroup group) {
        String groupId = group.groupId();
        boolean onlyClassic = !group.isEmpty() && group.members().stream().allMatch(ConsumerMember::isClassic);
        boolean allowed = ports.settings().consumer(groupId).migration().downgrades()
                && group.size() <= ports.settings().broker().classic().maxSize();
        if (!onlyClassic || !allowed) {
            return false;
        }
        log.info("msg=\"consumer group becomes a classic group\" group={} members={}", groupId, group.size());
        List<ConsumerMember> members = new ArrayList<>(group.members());
        ClassicSnapshot snapshot = snapshot(group, members, step.nowMs());
        members.forEach(member -> sessions.stopWatching(groupId, member.memberId()));
        removal.remove(step, group);
        step.write(new GroupRecord.Classic(groupId, Optional.of(snapshot)));
        ClassicGroup classic = roster.classic(groupId).orElseThrow();
        for (ConsumerMember member : members) {
            classic.offers(member.memberId(), protocols(member));
        }
        rebalance.loaded(step, classic);
        return true;
    }

    private ClassicSnapshot snapshot(ConsumerGroup group, List<ConsumerMember> members, long nowMs) {
        String protocol = commonProtocol(members);
        TopicView topics = ports.topics().get();
        List<ClassicSnapshot.Member> saved = new ArrayList<>();
        for (ConsumerMember member : members) {
            Bytes subscription = protocols(member).stream()
                    .filter(offered -> offered.name().equals(protocol))
                    .map(Protocol::metadata)
                    .findFirst()
                    .orElse(Bytes.EMPTY);
            int version = ClassicSubscription.parse(subscription)
                    .map(ClassicSubscription::version)
                    .orElse(0);
            int sessionMs = member.profile()
                    .classic()
                    .map(ClassicProfile::sessionTimeoutMs)
                    .orElse(0);
            saved.add(new ClassicSnapshot.Member(
                    member.memberId(),
                    member.profile().instanceId(),
                    member.profile().client(),
                    new JoinGroup.Timeouts(sessionMs, member.profile().rebalanceTimeoutMs()),
                    subscription,
                    ClassicAssignment.encode(member.holding().assigned(), version, topics)));
        }
        return new ClassicSnapshot(
                ClassicGroup.CONSUMER_PROTOCOL_TYPE,
                group.epoch(),
                Optional.of(protocol),
                Optional.empty(),
                nowMs,
                saved);
    }

    private static String commonProtocol(List<ConsumerMember> members) {
        Set<String> common = new LinkedHashSet<>();
        protocols(members.get(0)).forEach(offered -> common.add(offered.name()));
        for (ConsumerMember member : members) {
            common.retainAll(protocols(member).stream().map(Protocol::name).toList());
        }
        return common.stream().findFirst().orElse("");
    }

    static List<Protocol> protocols(ConsumerMember member) {
        return member.profile().classic().map(ClassicProfile::protocols).orElse(List.of());
    }
}
