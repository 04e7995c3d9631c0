package io.sluice.engine.group;

import io.sluice.engine.group.GroupRecord.MemberProfile;
import io.sluice.engine.group.GroupRecord.ResolvedRegex;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether the broker's memory has room for what a request adds. What takes no more than before always has: at the limit
 * members go on with their heartbeats, rebalances and commits, and only growth is refused. Owned by the shard's home loop.
 */
final class GroupRoom {
    private final ShardPorts ports;
    private final OffsetStore offsets;

    GroupRoom(ShardPorts ports, OffsetStore offsets) {
        this.ports = ports;
        this.offsets = offsets;
    }

    /** A first join that only asks for an id needs the room that it will need when it comes back with it. */
    boolean forJoin(Step step, @Nullable Group group, JoinGroup.Request request) {
        boolean consumer = request.protocolType().equals(ClassicGroup.CONSUMER_PROTOCOL_TYPE);
        MemberRef ref = request.member();
        long more = Footprint.member(ref.memberId(), ref.instanceId(), request.client(), request.protocols(), consumer);
        if (group instanceof ClassicGroup classic) {
            more -= ofClassic(classic, ref, consumer);
        } else if (group instanceof ConsumerGroup members) {
            more -= ofConsumer(members, ref);
        }
        return has(step, group, ref.groupId(), more);
    }

    private static long ofClassic(ClassicGroup group, MemberRef ref, boolean consumer) {
        String memberId = ref.instanceId().flatMap(group::memberIdOf).orElse(ref.memberId());
        ClassicMember member = group.member(memberId);
        return member == null
                ? 0
                : Footprint.member(
                        member.memberId(), member.instanceId(), member.client(), member.protocols(), consumer);
    }

    private static long ofConsumer(ConsumerGroup group, MemberRef ref) {
        ConsumerMember member = known(group, ref);
        return member == null ? 0 : Footprint.newConsumerMember(member.memberId(), member.profile());
    }

    private static @Nullable ConsumerMember known(ConsumerGroup group, MemberRef ref) {
        ConsumerMember member = group.member(ref.memberId());
        return member != null ? member : ref.instanceId().map(group::memberOf).orElse(null);
    }

    boolean forAssignments(Step step, ClassicGroup group, Map<String, Bytes> assignments) {
        long more = 0;
        for (ClassicMember member : group.members()) {
            Bytes next = assignments.getOrDefault(member.memberId(), Bytes.EMPTY);
            more += next.size() - member.assignment().size();
        }
        return has(step, group, group.groupId(), more);
    }

    boolean forCommit(Step step, @Nullable Group group, OffsetCommit.Request request) {
        String groupId = request.member().groupId();
        long more = offsets.has(groupId) ? 0 : Footprint.offsets(groupId);
        for (OffsetCommit.Offset offset : request.offsets()) {
            CommittedOffset before = offsets.find(groupId, offset.partition());
            more += Footprint.offset(offset.partition(), offset.metadata())
                    - Footprint.offset(offset.partition(), before);
        }
        return has(step, group, groupId, more);
    }

    boolean forHeartbeat(Step step, @Nullable Group group, ConsumerGroupHeartbeat.Request request) {
        boolean joins = request.memberEpoch() == ConsumerGroupHeartbeat.JOIN;
        ConsumerGroupHeartbeat.Subscription wants = request.subscription();
        boolean wantsMore = wants.topics().isPresent() || wants.regex().isPresent();
        if (request.memberEpoch() < 0 || !joins && !wantsMore) {
            return true;
        }
        ConsumerMember before = group instanceof ConsumerGroup consumers ? known(consumers, request.member()) : null;
        MemberProfile profile = ConsumerHeartbeats.profile(before, request);
        Set<String> topics = before == null ? Set.of() : before.profile().topics();
        long more = Footprint.newConsumerMember(request.member().memberId(), profile)
                - (before == null ? 0 : Footprint.newConsumerMember(before.memberId(), before.profile()))
                + ofNewTopics(topics, profile.topics());
        return has(step, group, request.member().groupId(), more);
    }

    boolean forRegex(Step step, ConsumerGroup group, String expression, Set<String> names) {
        Optional<ResolvedRegex> before = Optional.ofNullable(group.regexes().get(expression));
        long more = Footprint.regex(expression, new ResolvedRegex(names, 0, 0))
                - Footprint.regex(expression, before.orElse(null))
                + ofNewTopics(before.map(ResolvedRegex::topics).orElse(Set.of()), names);
        return has(step, group, group.groupId(), more);
    }

    /** Their partitions will be assigned. */
    private long ofNewTopics(Set<String> before, Set<String> now) {
        TopicView topics = ports.topics().get();
        long bytes = 0;
        for (String name : now) {
            if (!before.contains(name)) {
                bytes += topics.find(name)
                        .map(topic -> Footprint.assignedTopic(topic.partitions()))
                        .orElse(0L);
            }
        }
        return bytes;
    }

    private boolean has(Step step, @Nullable Group group, String groupId, long more) {
        long withGroup = group == null ? more + Footprint.group(groupId) : more;
        return ports.memory().hasRoomFor(withGroup, groupId, step.nowMs());
    }
}
