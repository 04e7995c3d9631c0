package io.sluice.engine.group;

import io.sluice.base.TopicPartition;
import io.sluice.engine.group.GroupRecord.ClassicProfile;
import io.sluice.engine.group.GroupRecord.MemberProfile;
import io.sluice.engine.group.GroupRecord.ResolvedRegex;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * About how many bytes of heap the parts of a group take: object headers, references, map entries and timers rounded up,
 * so that many small things weigh what they do.
 */
final class Footprint {
    /** A group with its maps, its place in the roster and its timers. */
    static final long GROUP = 1_024;

    private static final long MEMBER = 768;
    private static final long PROTOCOL = 96;
    private static final long STRING = 56;
    private static final long TREE_ENTRY = 40;
    private static final long OFFSET = 200;
    private static final long OFFSETS_OF_GROUP = 128;
    private static final long TOPIC_OF_ASSIGNMENT = 96;
    private static final long PARTITION = 4;
    /** A partition of a target and a holding, and the entry that says whose it is. */
    private static final long ASSIGNED_PARTITION = 80;

    private static final int SUBSCRIPTION_HEADER = 6;

    private Footprint() {}

    static long string(String text) {
        return STRING + text.length();
    }

    private static long string(Optional<String> text) {
        return text.map(Footprint::string).orElse(0L);
    }

    private static long strings(Collection<String> texts) {
        long bytes = 0;
        for (String text : texts) {
            bytes += TREE_ENTRY + string(text);
        }
        return bytes;
    }

    private static long client(Client client) {
        return string(client.id()) + string(client.host());
    }

    static long group(String groupId) {
        return GROUP + string(groupId);
    }

    /** An id that was given out, with the timer that waits for it. */
    static long pending(String memberId) {
        return 256 + string(memberId);
    }

    static long classicMember(ClassicMember member, boolean consumer) {
        return member(member.memberId(), member.instanceId(), member.client(), member.protocols(), consumer)
                + member.assignment().size();
    }

    /** Without an assignment. */
    static long member(
            String memberId,
            Optional<String> instanceId,
            Client client,
            List<JoinGroup.Protocol> protocols,
            boolean consumer) {
        return MEMBER + string(memberId) + string(instanceId) + client(client) + protocols(protocols, consumer);
    }

    private static long protocols(List<JoinGroup.Protocol> protocols, boolean consumer) {
        long bytes = 0;
        long topics = 0;
        for (JoinGroup.Protocol protocol : protocols) {
            bytes += PROTOCOL + string(protocol.name()) + protocol.metadata().size();
            topics = Math.max(topics, consumer ? topics(protocol.metadata()) : 0);
        }
        return bytes + topics * (TREE_ENTRY + STRING);
    }

    /** How many topics a subscription names: the group keeps their names, which take far more than they do here. */
    private static long topics(Bytes subscription) {
        if (subscription.size() < SUBSCRIPTION_HEADER) {
            return 0;
        }
        long named = Math.max(0, subscription.buffer().getInt(Short.BYTES));
        return Math.min(named, (subscription.size() - SUBSCRIPTION_HEADER) / Short.BYTES);
    }

    static long offsets(String groupId) {
        return OFFSETS_OF_GROUP + string(groupId);
    }

    static long offset(TopicPartition partition, @Nullable CommittedOffset offset) {
        return offset == null ? 0 : offset(partition, offset.metadata());
    }

    static long offset(TopicPartition partition, String metadata) {
        return OFFSET + string(partition.topic()) + string(metadata);
    }

    static long consumerMember(ConsumerMember member) {
        Holding holding = member.holding();
        long held = assignment(holding.assigned()) + assignment(holding.revoking());
        for (Assignment since : holding.since().values()) {
            held += assignment(since);
        }
        int owned = holding.assigned().size() + holding.revoking().size();
        return MEMBER
                + string(member.memberId())
                + profile(member.profile())
                + held
                + owned * (ASSIGNED_PARTITION - PARTITION);
    }

    static long profile(MemberProfile profile) {
        return string(profile.instanceId())
                + string(profile.rackId())
                + client(profile.client())
                + strings(profile.topics())
                + string(profile.regex())
                + string(profile.assignor())
                + protocols(profile.classic().map(ClassicProfile::protocols).orElse(List.of()), false);
    }

    static long newConsumerMember(String memberId, MemberProfile profile) {
        return MEMBER + string(memberId) + profile(profile);
    }

    static long target(String memberId, @Nullable Assignment target) {
        return target == null ? 0 : TREE_ENTRY + string(memberId) + assignment(target);
    }

    static long assignment(Assignment assignment) {
        return assignment.topicIds().size() * TOPIC_OF_ASSIGNMENT + assignment.size() * PARTITION;
    }

    /** What a group takes once one topic's partitions are assigned in it. */
    static long assignedTopic(int partitions) {
        return 3 * TOPIC_OF_ASSIGNMENT + partitions * ASSIGNED_PARTITION;
    }

    static long regex(String expression, @Nullable ResolvedRegex resolved) {
        return resolved == null ? 0 : TREE_ENTRY + string(expression) + strings(resolved.topics());
    }
}
