package io.sluice.engine.group;

import io.sluice.base.TopicPartition;
import io.sluice.engine.group.Rules.Rule;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** OffsetCommit, OffsetFetch and OffsetDelete. Owned by the shard's home loop. */
final class OffsetRequests {
    private final ShardPorts ports;
    private final Roster roster;
    private final OffsetStore offsets;
    private final GroupRoom room;

    OffsetRequests(ShardPorts ports, Roster roster, OffsetStore offsets, GroupRoom room) {
        this.ports = ports;
        this.roster = roster;
        this.offsets = offsets;
        this.room = room;
    }

    OffsetCommit.Response commit(Step step, OffsetCommit.Request request) {
        Group group = roster.find(request.member().groupId()).orElse(null);
        GroupError error = checkGroup(group, request);
        if (error != GroupError.NONE) {
            return OffsetCommit.Response.refused(error);
        }
        if (!room.forCommit(step, group, request)) {
            return OffsetCommit.Response.refused(GroupError.COORDINATOR_NOT_AVAILABLE);
        }
        GroupConfig.Offsets config = ports.settings().broker().offsets();
        int metadataMax = Math.min(config.metadataMaxBytes(), Bounds.OFFSET_METADATA_CHARS);
        OptionalLong expireMs = request.retentionMs().isPresent()
                ? OptionalLong.of(step.nowMs() + request.retentionMs().getAsLong())
                : OptionalLong.empty();
        Map<TopicPartition, GroupError> results = new LinkedHashMap<>();
        for (OffsetCommit.Offset offset : request.offsets()) {
            if (offset.metadata().length() > metadataMax) {
                results.put(offset.partition(), GroupError.OFFSET_METADATA_TOO_LARGE);
            } else if (group instanceof ConsumerGroup consumers && !mayCommit(consumers, request, offset)) {
                results.put(offset.partition(), GroupError.STALE_MEMBER_EPOCH);
            } else {
                CommittedOffset committed = new CommittedOffset(
                        offset.offset(),
                        offset.leaderEpoch(),
                        offset.metadata(),
                        step.nowMs(),
                        expireMs,
                        offset.topicId());
                step.write(
                        new GroupRecord.Offset(request.member().groupId(), offset.partition(), Optional.of(committed)));
                results.put(offset.partition(), GroupError.NONE);
            }
        }
        return new OffsetCommit.Response(GroupError.NONE, results);
    }

    private GroupError checkGroup(@Nullable Group group, OffsetCommit.Request request) {
        if (IdBounds.exceeded(request.member())) {
            return GroupError.INVALID_REQUEST;
        }
        if (group instanceof ClassicGroup classic) {
            return ClassicFence.checkCommit(classic, request.member(), request.generationOrEpoch(), ports.rules());
        } else if (group instanceof ConsumerGroup consumers) {
            return ConsumerFence.checkCommit(consumers, request);
        }
        if (request.generationOrEpoch() >= 0) {
            return request.knowsMemberEpochs() ? GroupError.GROUP_ID_NOT_FOUND : GroupError.ILLEGAL_GENERATION;
        }
        return roster.isFull() ? GroupError.POLICY_VIOLATION : GroupError.NONE;
    }

    /** A commit with the member's epoch of now is always its own; an older one only where it held the partition (G9). */
    private boolean mayCommit(ConsumerGroup group, OffsetCommit.Request request, OffsetCommit.Offset offset) {
        ConsumerMember member = group.member(request.member().memberId());
        int epoch = request.generationOrEpoch();
        if (member == null || epoch == member.epoch() || !ports.rules().keeps(Rule.G9_COMMIT_NEEDS_HELD)) {
            return true;
        }
        TopicPartition partition = offset.partition();
        Optional<UUID> topicId = offset.topicId().equals(CommittedOffset.NO_TOPIC_ID)
                ? ports.topics().get().find(partition.topic()).map(TopicInfo::id)
                : Optional.of(offset.topicId());
        return topicId.filter(id -> member.holding().heldAt(id, partition.partition(), epoch))
                .isPresent();
    }

    OffsetFetch.Response fetch(OffsetFetch.Request request) {
        Group group = roster.find(request.groupId()).orElse(null);
        if (group instanceof ConsumerGroup consumers) {
            GroupError error = ConsumerFence.checkFetch(consumers, request);
            if (error != GroupError.NONE) {
                return OffsetFetch.Response.refused(error);
            }
        }
        Map<TopicPartition, CommittedOffset> all = offsets.of(request.groupId());
        Collection<TopicPartition> wanted =
                request.partitions().isPresent() ? request.partitions().get() : all.keySet();
        Map<String, UUID> present = new HashMap<>();
        Map<TopicPartition, CommittedOffset> found = new LinkedHashMap<>();
        for (TopicPartition partition : wanted) {
            CommittedOffset offset = all.get(partition);
            if (offset != null && isOf(present.computeIfAbsent(partition.topic(), this::idOf), offset)) {
                found.put(partition, offset);
            }
        }
        return new OffsetFetch.Response(GroupError.NONE, found);
    }

    /** The id of the topic that has this name now, or that of none. */
    private UUID idOf(String topic) {
        return ports.topics().get().find(topic).map(TopicInfo::id).orElse(CommittedOffset.NO_TOPIC_ID);
    }

    /**
     * Whether the offset is of this topic, and not of one that was deleted and had its name: a shard forgets offsets of
     * topics that are deleted while it runs, but hears of none while it is loaded.
     */
    private static boolean isOf(UUID topicId, CommittedOffset offset) {
        return topicId.equals(offset.topicId())
                || topicId.equals(CommittedOffset.NO_TOPIC_ID)
                || offset.topicId().equals(CommittedOffset.NO_TOPIC_ID);
    }

    OffsetDelete.Response delete(Step step, OffsetDelete.Request request) {
        if (request.groupId().isEmpty()) {
            return OffsetDelete.Response.refused(GroupError.INVALID_GROUP_ID);
        }
        Group group = roster.find(request.groupId()).orElse(null);
        if (group == null) {
            return OffsetDelete.Response.refused(GroupError.GROUP_ID_NOT_FOUND);
        }
        boolean consumers = group.protocolType().equals(ClassicGroup.CONSUMER_PROTOCOL_TYPE);
        if (!group.isEmpty() && !consumers) {
            return OffsetDelete.Response.refused(GroupError.NON_EMPTY_GROUP);
        }
        Map<TopicPartition, GroupError> results = new LinkedHashMap<>();
        for (TopicPartition partition : request.partitions()) {
            if (group.isSubscribedTo(partition.topic())) {
                results.put(partition, GroupError.GROUP_SUBSCRIBED_TO_TOPIC);
                continue;
            }
            if (offsets.find(request.groupId(), partition) != null) {
                step.write(new GroupRecord.Offset(request.groupId(), partition, Optional.empty()));
            }
            results.put(partition, GroupError.NONE);
        }
        return new OffsetDelete.Response(GroupError.NONE, results);
    }
}
