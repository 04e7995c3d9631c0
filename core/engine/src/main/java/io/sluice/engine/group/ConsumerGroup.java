package io.sluice.engine.group;

import io.sluice.engine.group.GroupRecord.MemberProfile;
import io.sluice.engine.group.GroupRecord.ResolvedRegex;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A group of KIP-848's protocol: members with what they want, the target that the coordinator has computed, and how far
 * each member has come towards it. Everything here comes from the log; changed in replay only, but for
 * {@link #topicsSeen}. Owned by the shard's home loop.
 */
final class ConsumerGroup implements Group {
    private final String groupId;
    private int epoch;
    private long metadataHash;
    private long epochTimestampMs = -1;
    private int targetEpoch;

    private final TreeMap<String, ConsumerMember> members = new TreeMap<>();
    private final Map<String, String> memberIdByInstance = new HashMap<>();
    private final TreeMap<String, Assignment> targets = new TreeMap<>();
    private final TreeMap<String, ResolvedRegex> regexes = new TreeMap<>();
    /** Who may use a partition, or has not given it up yet. */
    private final Map<UUID, Map<Integer, String>> owners = new HashMap<>();

    private @Nullable TopicView topicsSeen;

    private final Tally memory;

    ConsumerGroup(String groupId, Tally memory) {
        this.groupId = groupId;
        this.memory = memory;
        memory.add(Footprint.group(groupId));
    }

    @Override
    public Tally memory() {
        return memory;
    }

    @Override
    public long recount() {
        long bytes = Footprint.group(groupId);
        for (ConsumerMember member : members.values()) {
            bytes += Footprint.consumerMember(member);
        }
        for (Map.Entry<String, Assignment> target : targets.entrySet()) {
            bytes += Footprint.target(target.getKey(), target.getValue());
        }
        for (Map.Entry<String, ResolvedRegex> regex : regexes.entrySet()) {
            bytes += Footprint.regex(regex.getKey(), regex.getValue());
        }
        return bytes;
    }

    /** What the thing that {@code record} is about takes now. */
    private long weight(GroupRecord record) {
        if (record instanceof GroupRecord.Member change) {
            return weight(change.memberId());
        } else if (record instanceof GroupRecord.Current change) {
            return weight(change.memberId());
        } else if (record instanceof GroupRecord.Target change) {
            return Footprint.target(change.memberId(), targets.get(change.memberId()));
        } else if (record instanceof GroupRecord.Regex change) {
            return Footprint.regex(change.expression(), regexes.get(change.expression()));
        }
        return 0;
    }

    private long weight(String memberId) {
        ConsumerMember member = members.get(memberId);
        return member == null ? 0 : Footprint.consumerMember(member);
    }

    @Override
    public String groupId() {
        return groupId;
    }

    @Override
    public GroupType type() {
        return GroupType.CONSUMER;
    }

    @Override
    public GroupState state() {
        if (members.isEmpty()) {
            return GroupState.EMPTY;
        }
        if (epoch > targetEpoch) {
            return GroupState.ASSIGNING;
        }
        boolean settled = members.values().stream()
                .allMatch(member -> member.isAway()
                        || member.epoch() == targetEpoch && member.holding().state() == Holding.State.STABLE);
        return settled ? GroupState.STABLE : GroupState.RECONCILING;
    }

    @Override
    public String protocolType() {
        return ClassicGroup.CONSUMER_PROTOCOL_TYPE;
    }

    @Override
    public boolean isEmpty() {
        return members.isEmpty();
    }

    @Override
    public boolean isSubscribedTo(String topic) {
        for (ConsumerMember member : members.values()) {
            if (member.profile().topics().contains(topic)) {
                return true;
            }
            ResolvedRegex resolved = member.profile().regex().map(regexes::get).orElse(null);
            boolean unresolved = member.profile().regex().isPresent() && resolved == null;
            if (unresolved || resolved != null && resolved.topics().contains(topic)) {
                return true;
            }
        }
        return false;
    }

    /** An empty group's offsets are kept from when its last member left, which was when its epoch last moved. */
    @Override
    public OptionalLong retainedFrom(CommittedOffset offset) {
        long since = isEmpty() ? epochTimestampMs : -1;
        return OptionalLong.of(Math.max(since, offset.commitTimestampMs()));
    }

    int epoch() {
        return epoch;
    }

    long metadataHash() {
        return metadataHash;
    }

    int targetEpoch() {
        return targetEpoch;
    }

    Collection<ConsumerMember> members() {
        return Collections.unmodifiableCollection(members.values());
    }

    int size() {
        return members.size();
    }

    @Nullable
    ConsumerMember member(String memberId) {
        return members.get(memberId);
    }

    ConsumerMember memberOrThrow(String memberId) {
        ConsumerMember member = members.get(memberId);
        if (member == null) {
            throw new IllegalStateException("member " + memberId + " is not in group " + groupId);
        }
        return member;
    }

    @Nullable
    ConsumerMember memberOf(String instanceId) {
        String memberId = memberIdByInstance.get(instanceId);
        return memberId == null ? null : members.get(memberId);
    }

    Assignment target(String memberId) {
        return targets.getOrDefault(memberId, Assignment.NONE);
    }

    Map<String, Assignment> targets() {
        return Collections.unmodifiableMap(targets);
    }

    Map<String, ResolvedRegex> regexes() {
        return Collections.unmodifiableMap(regexes);
    }

    /** The expressions that members use now. */
    Set<String> expressions() {
        Set<String> expressions = new TreeSet<>();
        members.values().forEach(member -> member.profile().regex().ifPresent(expressions::add));
        return expressions;
    }

    /** The names of the topics that a member with this profile reads. */
    Set<String> topicsOf(MemberProfile profile) {
        Optional<ResolvedRegex> resolved = profile.regex().map(regexes::get);
        if (resolved.isEmpty()) {
            return profile.topics();
        }
        Set<String> names = new TreeSet<>(profile.topics());
        names.addAll(resolved.get().topics());
        return names;
    }

    Set<String> subscribedTopics() {
        Set<String> names = new TreeSet<>();
        members.values().forEach(member -> names.addAll(topicsOf(member.profile())));
        return names;
    }

    /** Whether nobody but {@code memberId} holds the partition. */
    boolean isFreeFor(String memberId, UUID topicId, int partition) {
        String owner = owners.getOrDefault(topicId, Map.of()).get(partition);
        return owner == null || owner.equals(memberId);
    }

    /** The view of the topics for which the epoch was last checked; null after the group was loaded. */
    @Nullable
    TopicView topicsSeen() {
        return topicsSeen;
    }

    void topicsSeen(@Nullable TopicView topics) {
        topicsSeen = topics;
    }

    void replay(GroupRecord record, long timestampMs) {
        long before = weight(record);
        apply(record, timestampMs);
        memory.add(weight(record) - before);
    }

    private void apply(GroupRecord record, long timestampMs) {
        if (record instanceof GroupRecord.Epoch change) {
            change.value().ifPresent(value -> {
                epoch = value.epoch();
                metadataHash = value.metadataHash();
                epochTimestampMs = timestampMs;
            });
        } else if (record instanceof GroupRecord.Member change) {
            replayMember(change);
        } else if (record instanceof GroupRecord.TargetEpoch change) {
            targetEpoch = change.value().orElse(-1);
        } else if (record instanceof GroupRecord.Target change) {
            change.value()
                    .ifPresentOrElse(
                            target -> targets.put(change.memberId(), target), () -> targets.remove(change.memberId()));
        } else if (record instanceof GroupRecord.Current change) {
            replayHolding(change);
        } else if (record instanceof GroupRecord.Regex change) {
            change.value()
                    .ifPresentOrElse(
                            resolved -> regexes.put(change.expression(), resolved),
                            () -> regexes.remove(change.expression()));
        }
    }

    private void replayMember(GroupRecord.Member change) {
        String memberId = change.memberId();
        ConsumerMember before = members.get(memberId);
        if (before != null) {
            before.profile().instanceId().ifPresent(instance -> memberIdByInstance.remove(instance, memberId));
        }
        if (change.value().isEmpty()) {
            if (before != null) {
                release(memberId, before.holding());
                members.remove(memberId);
            }
            return;
        }
        MemberProfile profile = change.value().get();
        members.put(memberId, memberOrUnknown(memberId).with(profile));
        profile.instanceId().ifPresent(instance -> memberIdByInstance.put(instance, memberId));
    }

    /** A compacted log may tell what a member holds before it tells who the member is. */
    private void replayHolding(GroupRecord.Current change) {
        String memberId = change.memberId();
        ConsumerMember before = members.get(memberId);
        if (before != null) {
            release(memberId, before.holding());
        }
        Holding holding = change.value().orElse(Holding.NOTHING);
        if (before == null && change.value().isEmpty()) {
            return;
        }
        members.put(memberId, memberOrUnknown(memberId).with(holding));
        holding.held().forEach((topicId, partition) -> owners.computeIfAbsent(topicId, id -> new HashMap<>())
                .put(partition, memberId));
    }

    private ConsumerMember memberOrUnknown(String memberId) {
        ConsumerMember member = members.get(memberId);
        return member == null ? ConsumerMember.unknown(memberId) : member;
    }

    private void release(String memberId, Holding holding) {
        holding.held().forEach((topicId, partition) -> {
            Map<Integer, String> ofTopic = owners.get(topicId);
            if (ofTopic != null && ofTopic.remove(partition, memberId) && ofTopic.isEmpty()) {
                owners.remove(topicId);
            }
        });
    }
}
