package io.sluice.engine.group;

import io.sluice.engine.group.GroupRecord.ClassicSnapshot;
import io.sluice.engine.group.JoinGroup.Protocol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A group of the classic protocol: what its log says (the last complete generation) and, on top, the rebalance that may
 * be going on, which is not written down: after a crash the members join again.
 *
 * <pre>
 *   EMPTY ──join──▶ PREPARING_REBALANCE ──all joined, or time-out──▶ COMPLETING_REBALANCE ──leader syncs──▶ STABLE
 *     ▲                │        ▲                                          │                                  │
 *     └── all left ────┘        └────────── a member joins, leaves or falls silent ───────────────────────────┘
 * </pre>
 *
 * <p>Owned by the shard's home loop.
 */
final class ClassicGroup implements Group {
    static final String CONSUMER_PROTOCOL_TYPE = "consumer";

    private final String groupId;
    private GroupState state = GroupState.EMPTY;
    /** When the state of the last record came to be; -1 when that record is too old to say. */
    private long stateTimestampMs = -1;

    private int generation;
    private String protocolType = "";
    private Optional<String> protocol = Optional.empty();
    private Optional<String> leader = Optional.empty();
    private Optional<Set<String>> subscribedTopics = Optional.empty();

    private final Map<String, ClassicMember> members = new LinkedHashMap<>();
    private final Map<String, String> memberIdByInstance = new LinkedHashMap<>();
    private int metadataBytes;

    /** Ids that were given out (KIP-394) and have not come back yet. */
    private final Set<String> pendingMembers = new LinkedHashSet<>();
    /** Members of the new generation that have not fetched their assignment yet. */
    private final Set<String> pendingSyncs = new LinkedHashSet<>();

    private boolean firstRebalance;
    private boolean joinedDuringDelay;

    private final Tally memory;

    ClassicGroup(String groupId, Tally memory) {
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
        for (ClassicMember member : members.values()) {
            bytes += weight(member);
        }
        for (String memberId : pendingMembers) {
            bytes += Footprint.pending(memberId);
        }
        return bytes;
    }

    private long weight(ClassicMember member) {
        return Footprint.classicMember(member, protocolType.equals(CONSUMER_PROTOCOL_TYPE));
    }

    @Override
    public String groupId() {
        return groupId;
    }

    @Override
    public GroupType type() {
        return GroupType.CLASSIC;
    }

    @Override
    public GroupState state() {
        return state;
    }

    @Override
    public String protocolType() {
        return protocolType;
    }

    @Override
    public boolean isEmpty() {
        return state == GroupState.EMPTY;
    }

    @Override
    public boolean isSubscribedTo(String topic) {
        return subscribedTopics
                .map(topics -> topics.contains(topic))
                .orElse(protocolType.equals(CONSUMER_PROTOCOL_TYPE) && state != GroupState.EMPTY);
    }

    @Override
    public OptionalLong retainedFrom(CommittedOffset offset) {
        if (protocolType.isEmpty()) {
            return OptionalLong.of(offset.commitTimestampMs());
        }
        if (state == GroupState.EMPTY) {
            return OptionalLong.of(Math.max(stateTimestampMs, offset.commitTimestampMs()));
        }
        if (state == GroupState.STABLE && subscribedTopics.isPresent()) {
            return OptionalLong.of(offset.commitTimestampMs());
        }
        return OptionalLong.empty();
    }

    int generation() {
        return generation;
    }

    Optional<String> protocol() {
        return protocol;
    }

    Optional<String> leader() {
        return leader;
    }

    boolean isLeader(String memberId) {
        return leader.filter(memberId::equals).isPresent();
    }

    Collection<ClassicMember> members() {
        return Collections.unmodifiableCollection(members.values());
    }

    @Nullable
    ClassicMember member(String memberId) {
        return members.get(memberId);
    }

    Optional<String> memberIdOf(String instanceId) {
        return Optional.ofNullable(memberIdByInstance.get(instanceId));
    }

    Set<String> pendingMembers() {
        return Collections.unmodifiableSet(pendingMembers);
    }

    void addPending(String memberId) {
        if (pendingMembers.add(memberId)) {
            memory.add(Footprint.pending(memberId));
        }
    }

    /** Whether the id was waited for. */
    boolean removePending(String memberId) {
        boolean waited = pendingMembers.remove(memberId);
        if (waited) {
            memory.add(-Footprint.pending(memberId));
        }
        return waited;
    }

    Set<String> pendingSyncs() {
        return pendingSyncs;
    }

    int metadataBytes() {
        return metadataBytes;
    }

    void state(GroupState next) {
        state = next;
    }

    /** Whether the rebalance that is on began with an empty group, which waits a while for more members. */
    boolean firstRebalance() {
        return firstRebalance;
    }

    void firstRebalance(boolean first) {
        firstRebalance = first;
    }

    boolean joinedDuringDelay() {
        return joinedDuringDelay;
    }

    void joinedDuringDelay(boolean joined) {
        joinedDuringDelay = joined;
    }

    void add(ClassicMember member, String newProtocolType) {
        if (members.isEmpty()) {
            protocolType(newProtocolType);
        }
        put(member);
        removePending(member.memberId());
        if (leader.isEmpty()) {
            leader = Optional.of(member.memberId());
        }
    }

    /** What members tell is weighed by what it means. */
    private void protocolType(String next) {
        if (next.equals(protocolType)) {
            return;
        }
        members.values().forEach(member -> count(member, -1));
        protocolType = next;
        members.values().forEach(member -> count(member, 1));
    }

    private void put(ClassicMember member) {
        members.put(member.memberId(), member);
        member.instanceId().ifPresent(instance -> memberIdByInstance.put(instance, member.memberId()));
        count(member, 1);
    }

    private void count(ClassicMember member, int sign) {
        metadataBytes += sign * member.metadataBytes();
        memory.add(sign * weight(member));
    }

    @Nullable
    ClassicMember remove(String memberId) {
        ClassicMember member = members.remove(memberId);
        if (member == null) {
            return null;
        }
        count(member, -1);
        member.instanceId().ifPresent(instance -> memberIdByInstance.remove(instance, memberId));
        pendingSyncs.remove(memberId);
        if (isLeader(memberId)) {
            leader = members.keySet().stream().findFirst();
        }
        return member;
    }

    /** Puts {@code successor} in the place of the member that had its instance id until now. */
    void replace(ClassicMember old, ClassicMember successor) {
        boolean led = isLeader(old.memberId());
        boolean syncs = pendingSyncs.remove(old.memberId());
        remove(old.memberId());
        put(successor);
        if (led) {
            leader = Optional.of(successor.memberId());
        }
        if (syncs) {
            pendingSyncs.add(successor.memberId());
        }
    }

    void update(ClassicMember member, JoinGroup.Request request) {
        count(member, -1);
        member.update(request.client(), request.timeouts(), request.protocols());
        count(member, 1);
    }

    /** What the member offers beyond what the log holds. */
    void offers(String memberId, List<Protocol> offered) {
        ClassicMember member = members.get(memberId);
        if (member != null) {
            count(member, -1);
            member.update(member.client(), member.timeouts(), offered);
            count(member, 1);
        }
    }

    int rebalanceTimeoutMs() {
        return members.values().stream()
                .mapToInt(member -> member.timeouts().rebalanceMs())
                .max()
                .orElse(0);
    }

    /** How many will be in the next generation for sure: who has joined, and static members. */
    long placesTaken() {
        return members.values().stream()
                .filter(member -> member.isJoining() || member.instanceId().isPresent())
                .count();
    }

    boolean allJoined() {
        return pendingMembers.isEmpty() && members.values().stream().allMatch(ClassicMember::isJoining);
    }

    /** Makes sure that the leader is one who has joined; false when nobody has. */
    boolean electJoinedLeader() {
        ClassicMember current = leader.map(members::get).orElse(null);
        if (current != null && current.isJoining()) {
            return true;
        }
        Optional<ClassicMember> next =
                members.values().stream().filter(ClassicMember::isJoining).findFirst();
        next.ifPresent(member -> leader = Optional.of(member.memberId()));
        return next.isPresent();
    }

    /** Whether a member that offers {@code offered} could work with everyone who is here. */
    boolean supports(String offeredType, List<Protocol> offered) {
        if (offeredType.isEmpty() || offered.isEmpty()) {
            return false;
        }
        if (members.isEmpty()) {
            return true;
        }
        return protocolType.equals(offeredType)
                && offered.stream().map(Protocol::name).anyMatch(commonProtocols()::contains);
    }

    /** The strategy that most members prefer among those that all of them know. */
    String selectProtocol() {
        Set<String> common = commonProtocols();
        Map<String, Integer> votes = new LinkedHashMap<>();
        for (ClassicMember member : members.values()) {
            member.protocols().stream()
                    .map(Protocol::name)
                    .filter(common::contains)
                    .findFirst()
                    .ifPresent(name -> votes.merge(name, 1, Integer::sum));
        }
        return votes.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElseThrow(() -> new IllegalStateException("no common protocol in group " + groupId));
    }

    private Set<String> commonProtocols() {
        Set<String> common = null;
        for (ClassicMember member : members.values()) {
            Set<String> names = new LinkedHashSet<>();
            member.protocols().forEach(offered -> names.add(offered.name()));
            if (common == null) {
                common = names;
            } else {
                common.retainAll(names);
            }
        }
        return common == null ? Set.of() : common;
    }

    /** Everyone has joined: the next generation begins, without assignments yet. */
    void startGeneration() {
        generation++;
        protocol = Optional.of(selectProtocol());
        state = GroupState.COMPLETING_REBALANCE;
        subscribedTopics = topicsOfMembers();
        pendingSyncs.clear();
        members.values().stream()
                .filter(ClassicMember::isJoining)
                .forEach(member -> pendingSyncs.add(member.memberId()));
    }

    /** What goes to the log when the leader has assigned: the generation and what each member got. */
    ClassicSnapshot stableSnapshot(Map<String, Bytes> assignments, long nowMs) {
        List<ClassicSnapshot.Member> list = new ArrayList<>(members.size());
        String chosen = protocol.orElse("");
        for (ClassicMember member : members.values()) {
            Bytes assignment = assignments.getOrDefault(member.memberId(), Bytes.EMPTY);
            list.add(new ClassicSnapshot.Member(
                    member.memberId(),
                    member.instanceId(),
                    member.client(),
                    member.timeouts(),
                    member.metadata(chosen),
                    assignment));
        }
        return new ClassicSnapshot(protocolType, generation, protocol, leader, nowMs, list);
    }

    /** The generation as it is, for instance after a member got a new id. */
    ClassicSnapshot currentSnapshot(long nowMs) {
        Map<String, Bytes> assignments = new LinkedHashMap<>();
        members.values().forEach(member -> assignments.put(member.memberId(), member.assignment()));
        return stableSnapshot(assignments, nowMs);
    }

    /** What goes to the log when the last member is gone. */
    ClassicSnapshot emptySnapshot(int nextGeneration, long nowMs) {
        return new ClassicSnapshot(protocolType, nextGeneration, Optional.empty(), Optional.empty(), nowMs, List.of());
    }

    /** The group as of {@code snapshot}. Members that are here already keep what the log does not hold. */
    void replay(ClassicSnapshot snapshot) {
        Set<String> gone = new TreeSet<>(members.keySet());
        protocolType(snapshot.protocolType());
        for (ClassicSnapshot.Member saved : snapshot.members()) {
            gone.remove(saved.memberId());
            ClassicMember member = members.get(saved.memberId());
            Protocol said = new Protocol(snapshot.protocol().orElse(""), saved.subscription());
            if (member == null) {
                member = new ClassicMember(
                        saved.memberId(), saved.instanceId(), saved.client(), saved.timeouts(), List.of(said));
                member.joined();
                put(member);
            }
            count(member, -1);
            if (!member.protocols().contains(said)) {
                // Known from an earlier record only: what it said in that generation holds no more.
                member.update(saved.client(), saved.timeouts(), List.of(said));
            }
            member.assignment(saved.assignment());
            count(member, 1);
        }
        gone.forEach(this::remove);
        generation = snapshot.generation();
        protocol = snapshot.protocol();
        leader = snapshot.leader();
        stateTimestampMs = snapshot.stateTimestampMs();
        state = members.isEmpty() ? GroupState.EMPTY : GroupState.STABLE;
        subscribedTopics = topicsOfMembers();
    }

    /** The topics that the members read; empty when that cannot be told from what they say. */
    private Optional<Set<String>> topicsOfMembers() {
        if (!protocolType.equals(CONSUMER_PROTOCOL_TYPE)) {
            return Optional.empty();
        }
        Set<String> topics = new TreeSet<>();
        for (ClassicMember member : members.values()) {
            Optional<ClassicSubscription> subscription =
                    ClassicSubscription.parse(member.metadata(protocol.orElse("")));
            if (subscription.isEmpty()) {
                return Optional.empty();
            }
            topics.addAll(subscription.get().topics());
        }
        return Optional.of(topics);
    }
}
