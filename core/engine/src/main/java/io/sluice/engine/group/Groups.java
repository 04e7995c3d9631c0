package io.sluice.engine.group;

import io.sluice.base.Entropy;
import io.sluice.base.Loop;
import io.sluice.base.Workers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The groups that this broker coordinates: one method per request, each handed to the shard of the offsets topic's
 * partition that the group falls in. Answers complete on that partition's home loop, once whatever they tell is durable;
 * none completes exceptionally.
 *
 * <p>Safe from any thread. Lives as long as the broker.
 */
public final class Groups {
    private final OffsetsTopic topic;
    private final ShardHost.Setting setting;
    private final Map<Integer, ShardHost> hosts = new ConcurrentHashMap<>();

    public Groups(
            OffsetsTopic topic,
            Topics topics,
            GroupSettings settings,
            GroupMemory memory,
            Entropy entropy,
            Workers workers) {
        this(new ShardHost.Setting(topic, topics, settings, memory, entropy, workers, Rules.ALL_KEPT));
    }

    Groups(ShardHost.Setting setting) {
        this.topic = setting.topic();
        this.setting = setting;
        setting.topics().subscribe(deleted -> hosts.values().forEach(host -> host.topicsChanged(deleted)));
    }

    /** The partition of the offsets topic that holds {@code groupId}: Kafka's formula, so that any client agrees. */
    public static int partitionFor(String groupId, int partitions) {
        return (groupId.hashCode() & 0x7fffffff) % partitions;
    }

    /** Where the group's coordinator is; creates the offsets topic on first use. */
    public CompletionStage<Integer> findPartition(String groupId) {
        return topic.ensureCreated().thenApply(created -> partitionFor(groupId, topic.partitions()));
    }

    /** This broker has come to lead the partition: load its groups and serve them. Again for each new leader epoch. */
    public void lead(int partition) {
        Loop home = topic.loop(partition);
        hosts.compute(partition, (index, host) -> {
                    if (host != null && host.isOn(home)) {
                        return host;
                    }
                    if (host != null) {
                        host.resign(); // of an offsets topic that was deleted
                    }
                    return new ShardHost(index, setting, home);
                })
                .lead();
    }

    /**
     * This broker no longer leads the partition.
     *
     * @param home its home; where the topic was deleted and made again, the partition that follows may have another
     */
    public void resign(int partition, Loop home) {
        ShardHost host = hosts.get(partition);
        if (host != null && host.isOn(home)) {
            host.resign();
        }
    }

    /** What the groups take of their memory, counted from nothing; for tests, on the one loop that they have. */
    long recount() {
        return hosts.values().stream().mapToLong(ShardHost::recount).sum();
    }

    public CompletionStage<JoinGroup.Response> joinGroup(JoinGroup.Request request) {
        MemberRef member = request.member();
        return write(
                member.groupId(),
                (shard, step, reply) -> shard.join(step, request, reply),
                error -> JoinGroup.Response.refused(error, member.memberId()));
    }

    /**
     * Refused with REBALANCE_IN_PROGRESS while the group is loading: the generation that waited for assignments is gone
     * with the coordinator that held it, so the member has to join anew. Clients give up at COORDINATOR_LOAD_IN_PROGRESS
     * here.
     */
    public CompletionStage<SyncGroup.Response> syncGroup(SyncGroup.Request request) {
        return write(
                request.member().groupId(),
                (shard, step, reply) -> shard.sync(step, request, reply),
                error -> SyncGroup.Response.refused(
                        error == GroupError.COORDINATOR_LOAD_IN_PROGRESS ? GroupError.REBALANCE_IN_PROGRESS : error));
    }

    /**
     * Answered with no error while the group is loading: sessions start anew when it is there, and clients give up at
     * COORDINATOR_LOAD_IN_PROGRESS here.
     */
    public CompletionStage<GroupError> heartbeat(Heartbeat.Request request) {
        return look(
                request.member().groupId(),
                (shard, step, reply) -> step.answer(reply, shard.heartbeat(request)),
                error -> error == GroupError.COORDINATOR_LOAD_IN_PROGRESS ? GroupError.NONE : error);
    }

    public CompletionStage<LeaveGroup.Response> leaveGroup(LeaveGroup.Request request) {
        return write(
                request.groupId(),
                (shard, step, reply) -> step.answer(reply, shard.leave(step, request)),
                LeaveGroup.Response::refused);
    }

    public CompletionStage<OffsetCommit.Response> commitOffsets(OffsetCommit.Request request) {
        return write(
                request.member().groupId(),
                (shard, step, reply) -> step.answer(reply, shard.commitOffsets(step, request)),
                OffsetCommit.Response::refused);
    }

    /** For several groups in one request, ask for each and put the answers together. */
    public CompletionStage<OffsetFetch.Response> fetchOffsets(OffsetFetch.Request request) {
        return look(
                request.groupId(),
                (shard, step, reply) -> step.answer(reply, shard.fetchOffsets(request)),
                OffsetFetch.Response::refused);
    }

    public CompletionStage<OffsetDelete.Response> deleteOffsets(OffsetDelete.Request request) {
        return write(
                request.groupId(),
                (shard, step, reply) -> step.answer(reply, shard.deleteOffsets(step, request)),
                OffsetDelete.Response::refused);
    }

    public CompletionStage<ConsumerGroupHeartbeat.Response> consumerHeartbeat(ConsumerGroupHeartbeat.Request request) {
        return look(
                request.member().groupId(),
                (shard, step, reply) -> step.answer(reply, shard.consumerHeartbeat(step, request)),
                error -> ConsumerGroupHeartbeat.Response.refused(error, error.name()));
    }

    /** Refused with COORDINATOR_LOAD_IN_PROGRESS while any partition that this broker leads is still loading. */
    public CompletionStage<ListGroups.Response> listGroups(ListGroups.Request request) {
        List<CompletionStage<ListGroups.Response>> answers = new ArrayList<>();
        for (ShardHost host : hosts.values()) {
            answers.add(host.call(
                    ShardHost.Intent.LOOK,
                    (shard, step, reply) -> step.answer(reply, shard.list(request)),
                    error -> new ListGroups.Response(error, List.of())));
        }
        return whenAll(answers).thenApply(Groups::merged);
    }

    /** Answers in the order of {@code groupIds}. */
    public CompletionStage<List<DescribeGroups.Described>> describeGroups(List<String> groupIds) {
        return forEach(
                ShardHost.Intent.LOOK,
                groupIds,
                (shard, step, groupId) -> shard.describeClassic(groupId),
                DescribeGroups.Described::refused);
    }

    /** Answers in the order of {@code groupIds}. */
    public CompletionStage<List<ConsumerGroupDescribe.Described>> describeConsumerGroups(List<String> groupIds) {
        return forEach(
                ShardHost.Intent.LOOK,
                groupIds,
                (shard, step, groupId) -> shard.describeConsumer(groupId),
                ConsumerGroupDescribe.Described::refused);
    }

    /** Deletes groups without members, with their offsets. The outcome by group id, in the order asked. */
    public CompletionStage<Map<String, GroupError>> deleteGroups(List<String> groupIds) {
        return forEach(
                        ShardHost.Intent.WRITE,
                        groupIds,
                        (shard, step, groupId) -> shard.delete(step, groupId),
                        (groupId, error) -> error)
                .thenApply(errors -> {
                    Map<String, GroupError> byGroup = new LinkedHashMap<>();
                    for (int i = 0; i < groupIds.size(); i++) {
                        byGroup.put(groupIds.get(i), errors.get(i));
                    }
                    return byGroup;
                });
    }

    @FunctionalInterface
    private interface PerGroup<R> {
        R answer(GroupShard shard, Step step, String groupId);
    }

    @FunctionalInterface
    private interface Refusal<R> {
        R of(String groupId, GroupError error);
    }

    private <R> CompletionStage<List<R>> forEach(
            ShardHost.Intent intent, List<String> groupIds, PerGroup<R> request, Refusal<R> refusal) {
        List<CompletionStage<R>> answers = new ArrayList<>(groupIds.size());
        for (String groupId : groupIds) {
            answers.add(call(
                    intent,
                    groupId,
                    (shard, step, reply) -> step.answer(reply, request.answer(shard, step, groupId)),
                    error -> refusal.of(groupId, error)));
        }
        return whenAll(answers);
    }

    private <R> CompletionStage<R> look(String groupId, ShardHost.Request<R> request, Function<GroupError, R> refusal) {
        return call(ShardHost.Intent.LOOK, groupId, request, refusal);
    }

    private <R> CompletionStage<R> write(
            String groupId, ShardHost.Request<R> request, Function<GroupError, R> refusal) {
        return call(ShardHost.Intent.WRITE, groupId, request, refusal);
    }

    private <R> CompletionStage<R> call(
            ShardHost.Intent intent, String groupId, ShardHost.Request<R> request, Function<GroupError, R> refusal) {
        ShardHost host = hosts.get(partitionFor(groupId, topic.partitions()));
        return host == null
                ? CompletableFuture.completedFuture(refusal.apply(GroupError.NOT_COORDINATOR))
                : host.call(intent, request, refusal);
    }

    private static ListGroups.Response merged(List<ListGroups.Response> answers) {
        List<ListGroups.Listed> groups = new ArrayList<>();
        for (ListGroups.Response answer : answers) {
            if (answer.error() != GroupError.NONE && answer.error() != GroupError.NOT_COORDINATOR) {
                return new ListGroups.Response(answer.error(), List.of());
            }
            groups.addAll(answer.groups());
        }
        groups.sort(Comparator.comparing(ListGroups.Listed::groupId));
        return new ListGroups.Response(GroupError.NONE, groups);
    }

    private static <R> CompletionStage<List<R>> whenAll(List<CompletionStage<R>> stages) {
        List<CompletableFuture<R>> futures =
                stages.stream().map(CompletionStage::toCompletableFuture).toList();
        return CompletableFuture.allOf(futures.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> futures.stream().map(CompletableFuture::join).toList());
    }
}
