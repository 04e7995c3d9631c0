package io.sluice.engine.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.Loop;
import io.sluice.base.ManualLoop;
import io.sluice.base.SeededEntropy;
import io.sluice.base.TopicPartition;
import io.sluice.engine.group.JoinGroup.Protocol;
import io.sluice.engine.group.JoinGroup.Timeouts;
import io.sluice.engine.group.JoinGroup.Understands;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A broker's groups on one hand-driven loop, over a log in memory, with requests in short form. */
final class Coordinator implements OffsetsTopic, Topics {
    static final String GROUP = "orders";
    static final int SESSION_MS = 10_000;
    static final int REBALANCE_MS = 30_000;
    static final Client CLIENT = new Client("client", "/127.0.0.1");

    final ManualLoop loop = new ManualLoop();
    /** Where the partition of the offsets topic lives. */
    ManualLoop home = loop;

    final MemoryLog log = new MemoryLog(loop);
    private final SeededEntropy entropy;
    private final Rules rules;
    private final List<Listener> listeners = new ArrayList<>();
    private final Map<String, TopicInfo> topics = new LinkedHashMap<>();
    private TopicView view = TopicView.of(List.of());
    GroupMemory memory;
    GroupConfig config;
    Groups groups;

    Coordinator() {
        this(Rules.ALL_KEPT, 1);
    }

    Coordinator(GroupMemory memory) {
        this(Rules.ALL_KEPT, 1, memory);
    }

    Coordinator(Rules rules, long seed) {
        this(rules, seed, new GroupMemory(Long.MAX_VALUE));
    }

    private Coordinator(Rules rules, long seed, GroupMemory memory) {
        this.memory = memory;
        this.rules = rules;
        this.entropy = new SeededEntropy(seed);
        this.config = new GroupConfig(
                new GroupConfig.Classic(6_000, 1_800_000, 0, Integer.MAX_VALUE),
                GroupConfig.Consumer.DEFAULTS,
                GroupConfig.Offsets.DEFAULTS);
        this.groups = start();
    }

    private Groups start() {
        listeners.clear();
        Groups started = new Groups(new ShardHost.Setting(this, this, () -> config, memory, entropy, loop, rules));
        started.lead(0);
        loop.runAll();
        return started;
    }

    /** The broker's process ends and a new one starts over the same log. */
    void restart() {
        groups.resign(0, home);
        loop.runAll();
        groups = start();
    }

    /** As {@link #restart}, and what was not durable is lost. */
    void loseAndRestart(SimulationTrace trace) {
        trace.add("restart", log.isHeld());
        if (log.isHeld()) {
            log.loseUndurable();
            log.release();
        }
        restart();
    }

    void holdOrRelease(SimulationTrace trace) {
        trace.add(log.isHeld() ? "release" : "hold");
        if (log.isHeld()) {
            log.release();
        } else {
            log.hold();
        }
    }

    /** What the coordinator says that its groups take is what they take. */
    void expectMemoryCounted() {
        assertThat(memory.usedBytes()).as("bytes of all groups").isEqualTo(groups.recount());
    }

    @Override
    public int partitions() {
        return 1;
    }

    @Override
    public CompletionStage<Void> ensureCreated() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Loop loop(int partition) {
        return home;
    }

    @Override
    public CoordinatorLog log(int partition) {
        return log;
    }

    @Override
    public TopicView current() {
        return view;
    }

    @Override
    public void subscribe(Listener listener) {
        listeners.add(listener);
    }

    UUID topic(String name, int partitions) {
        UUID id = topics.containsKey(name) ? topics.get(name).id() : new UUID(7, name.hashCode());
        topics.put(name, new TopicInfo(id, name, partitions));
        topicsChanged(Set.of());
        return id;
    }

    void deleteTopic(String name) {
        topics.remove(name);
        topicsChanged(Set.of(name));
    }

    private void topicsChanged(Set<String> deleted) {
        view = TopicView.of(topics.values());
        listeners.forEach(listener -> listener.topicsChanged(deleted));
        loop.runAll();
    }

    /** Runs what is ready; the answer must be there. */
    <R> R now(CompletionStage<R> answer) {
        loop.runAll();
        assertThat(answer.toCompletableFuture()).isCompleted();
        return answer.toCompletableFuture().join();
    }

    <R> void expectOpen(CompletionStage<R> answer) {
        loop.runAll();
        assertThat(answer.toCompletableFuture()).isNotDone();
    }

    // --- the classic protocol ---

    static List<Protocol> protocols(String... topics) {
        return List.of(new Protocol("range", subscription(topics)));
    }

    static Bytes subscription(String... topics) {
        FieldWriter fields = new FieldWriter().int16(1).int32(topics.length);
        for (String topic : topics) {
            fields.string(topic);
        }
        return fields.int32(-1).int32(0).toBytes();
    }

    static JoinGroup.Request joinRequest(MemberRef member, List<Protocol> protocols, boolean needsId) {
        return new JoinGroup.Request(
                member,
                CLIENT,
                new Timeouts(SESSION_MS, REBALANCE_MS),
                "consumer",
                protocols,
                new Understands(needsId, true),
                "");
    }

    CompletionStage<JoinGroup.Response> join(String memberId) {
        return groups.joinGroup(joinRequest(MemberRef.dynamic(GROUP, memberId), protocols("t"), false));
    }

    CompletionStage<JoinGroup.Response> joinAs(String instanceId, String memberId, String... topics) {
        return groups.joinGroup(joinRequest(MemberRef.fixed(GROUP, memberId, instanceId), protocols(topics), false));
    }

    CompletionStage<SyncGroup.Response> sync(JoinGroup.Response joined, Map<String, String> assignments) {
        return sync(MemberRef.dynamic(GROUP, joined.memberId()), joined.generation(), assignments);
    }

    CompletionStage<SyncGroup.Response> sync(MemberRef member, int generation, Map<String, String> assignments) {
        Map<String, Bytes> bytes = new LinkedHashMap<>();
        assignments.forEach((id, text) -> bytes.put(id, bytes(text)));
        return groups.syncGroup(
                new SyncGroup.Request(member, generation, Optional.of("consumer"), Optional.of("range"), bytes));
    }

    static Bytes bytes(String text) {
        return Bytes.of(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    CompletionStage<GroupError> heartbeat(JoinGroup.Response joined) {
        return heartbeat(MemberRef.dynamic(GROUP, joined.memberId()), joined.generation());
    }

    CompletionStage<GroupError> heartbeat(MemberRef member, int generation) {
        return groups.heartbeat(new Heartbeat.Request(member, generation));
    }

    GroupError leave(String memberId, Optional<String> instanceId) {
        LeaveGroup.Response response = now(groups.leaveGroup(
                new LeaveGroup.Request(GROUP, List.of(new LeaveGroup.Leaver(memberId, instanceId, "test")))));
        return response.error() != GroupError.NONE
                ? response.error()
                : response.left().get(0).error();
    }

    /** One member, stable. */
    JoinGroup.Response soleMember() {
        JoinGroup.Response joined = now(join(""));
        assertThat(joined.error()).isEqualTo(GroupError.NONE);
        assertThat(now(sync(joined, Map.of(joined.memberId(), "all"))).error()).isEqualTo(GroupError.NONE);
        return joined;
    }

    // --- offsets ---

    static TopicPartition partition(int partition) {
        return new TopicPartition("t", partition);
    }

    CompletionStage<OffsetCommit.Response> commit(MemberRef member, int generation, int partition, long offset) {
        OffsetCommit.Offset one =
                new OffsetCommit.Offset(partition(partition), CommittedOffset.NO_TOPIC_ID, offset, -1, "");
        return groups.commitOffsets(
                new OffsetCommit.Request(member, generation, true, OptionalLong.empty(), List.of(one)));
    }

    GroupError commitNow(MemberRef member, int generation, int partition, long offset) {
        return now(commit(member, generation, partition, offset)).of(partition(partition));
    }

    GroupError commitOutside(int partition, long offset) {
        return commitNow(MemberRef.dynamic(GROUP, ""), -1, partition, offset);
    }

    CompletionStage<OffsetFetch.Response> fetch() {
        return groups.fetchOffsets(new OffsetFetch.Request(GROUP, Optional.empty(), -1, Optional.empty()));
    }

    /** The committed offset, or -1. */
    long committed(int partition) {
        OffsetFetch.Response response = now(fetch());
        assertThat(response.error()).isEqualTo(GroupError.NONE);
        CommittedOffset offset = response.offsets().get(partition(partition));
        return offset == null ? -1 : offset.offset();
    }

    GroupState state() {
        return now(groups.listGroups(new ListGroups.Request(Set.of(), Set.of()))).groups().stream()
                .filter(listed -> listed.groupId().equals(GROUP))
                .map(ListGroups.Listed::state)
                .findFirst()
                .orElse(GroupState.DEAD);
    }
}
