package io.sluice.engine.group;

import io.sluice.base.TopicPartition;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * One change of a shard's state, as it is written to the log and replayed. An empty {@code value} is a tombstone: the
 * thing is gone.
 */
sealed interface GroupRecord {
    String groupId();

    /** How far the group has come in one partition. */
    record Offset(String groupId, TopicPartition partition, Optional<CommittedOffset> value) implements GroupRecord {}

    /** A classic group as of its last complete generation. */
    record Classic(String groupId, Optional<ClassicSnapshot> value) implements GroupRecord {}

    /** The epoch of a consumer group, raised whenever its members, subscriptions or topics change. */
    record Epoch(String groupId, Optional<GroupEpoch> value) implements GroupRecord {}

    /** What a consumer group's member has told of itself. */
    record Member(String groupId, String memberId, Optional<MemberProfile> value) implements GroupRecord {}

    /** The group epoch for which the targets are computed. */
    record TargetEpoch(String groupId, OptionalInt value) implements GroupRecord {}

    /** What a member is to have in the end. */
    record Target(String groupId, String memberId, Optional<Assignment> value) implements GroupRecord {}

    /** What a member has now, and what it is giving up. */
    record Current(String groupId, String memberId, Optional<Holding> value) implements GroupRecord {}

    /** Which topics a regular expression stands for. */
    record Regex(String groupId, String expression, Optional<ResolvedRegex> value) implements GroupRecord {}

    /**
     * {@code protocol} and {@code leader} are empty in an empty group. Members without a leader come from a consumer group
     * and have yet to rebalance.
     */
    record ClassicSnapshot(
            String protocolType,
            int generation,
            Optional<String> protocol,
            Optional<String> leader,
            long stateTimestampMs,
            List<ClassicSnapshot.Member> members) {
        record Member(
                String memberId,
                Optional<String> instanceId,
                Client client,
                JoinGroup.Timeouts timeouts,
                Bytes subscription,
                Bytes assignment) {}
    }

    /** {@code metadataHash} covers the topics that the epoch was made for. */
    record GroupEpoch(int epoch, long metadataHash) {}

    /** {@code classic} is there for a member that speaks the classic protocol within a consumer group. */
    record MemberProfile(
            Optional<String> instanceId,
            Optional<String> rackId,
            Client client,
            Set<String> topics,
            Optional<String> regex,
            int rebalanceTimeoutMs,
            Optional<String> assignor,
            Optional<ClassicProfile> classic) {
        public MemberProfile {
            topics = new TreeSet<>(topics);
        }
    }

    record ClassicProfile(int sessionTimeoutMs, List<JoinGroup.Protocol> protocols) {}

    record ResolvedRegex(Set<String> topics, long version, long timestampMs) {
        public ResolvedRegex {
            topics = new TreeSet<>(topics);
        }
    }
}
