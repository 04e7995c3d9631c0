package io.sluice.engine.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * One seeded run of a classic group: members join, assign, leave, crash, come back under their instance id, lose
 * requests and answers and commit late, while the coordinator loses what is not durable and loads again.
 */
final class ClassicGroupSimulation {
    private static final String GROUP = Coordinator.GROUP;
    private static final int PARTITIONS = 6;
    private static final int MEMBERS_MAX = 3;
    private static final int EVENTS = 200;

    private record LateCommit(MemberRef member, int generation, int partition, long stint) {}

    /** A consumer as it sees itself; it gives everything up before it joins again. */
    private static final class Consumer {
        final String name;
        final Optional<String> instanceId;
        String memberId = "";
        int generation = -1;
        boolean joined;
        boolean synced;
        Map<String, String> toAssign = Map.of();
        Set<Integer> owned = new TreeSet<>();
        /** Which stint of ownership its partitions are in: what it commits, so that a commit out of turn goes back. */
        final Map<Integer, Long> stints = new HashMap<>();

        Optional<CompletableFuture<?>> inFlight = Optional.empty();

        Consumer(String name, boolean isStatic) {
            this.name = name;
            this.instanceId = isStatic ? Optional.of(name) : Optional.empty();
        }

        void lose() {
            memberId = "";
            generation = -1;
            rejoin();
        }

        void rejoin() {
            joined = false;
            synced = false;
            owned = new TreeSet<>();
            toAssign = Map.of();
            inFlight = Optional.empty();
        }

        MemberRef ref() {
            return new MemberRef(GROUP, memberId, instanceId);
        }
    }

    private final Random random;
    private final Coordinator broker;
    private final List<Consumer> consumers = new ArrayList<>();
    private final List<LateCommit> late = new ArrayList<>();
    /** Per generation who was given which partition, ever. */
    private final Map<String, String> givenTo = new HashMap<>();

    private final Map<Integer, Long> highestCommit = new HashMap<>();
    private final SimulationTrace trace = new SimulationTrace();
    private long nextStint = 1;
    private int named;

    ClassicGroupSimulation(long seed, Rules rules) {
        this.random = new Random(seed);
        this.broker = new Coordinator(rules, seed);
        int delayMs = random.nextBoolean() ? 0 : 3_000;
        broker.config = new GroupConfig(
                new GroupConfig.Classic(6_000, 1_800_000, delayMs, MEMBERS_MAX),
                GroupConfig.Consumer.DEFAULTS,
                GroupConfig.Offsets.DEFAULTS);
        for (int i = 0; i < 4; i++) {
            newConsumer();
        }
    }

    void run() {
        trace.tell(this::runEvents);
    }

    private void runEvents() {
        for (int i = 0; i < EVENTS; i++) {
            event();
            broker.expectMemoryCounted();
            check();
        }
        settle();
    }

    private void newConsumer() {
        consumers.add(new Consumer("c" + named++, random.nextInt(3) == 0));
    }

    private void event() {
        Consumer consumer = consumers.get(random.nextInt(consumers.size()));
        switch (random.nextInt(24)) {
            case 0 -> leave(consumer);
            case 1 -> crash(consumer);
            case 2 -> twin(consumer);
            case 3 -> broker.loop.advanceMs(random.nextInt(3) == 0 ? 11_000 : 3_000);
            case 4 -> broker.loseAndRestart(trace);
            case 5, 6 -> broker.holdOrRelease(trace);
            case 7, 8 -> commitLater(consumer);
            case 9, 10 -> commitSome();
            default -> act(consumer);
        }
        broker.loop.runAll();
    }

    private void leave(Consumer consumer) {
        if (!consumer.memberId.isEmpty() && consumer.instanceId.isEmpty() && consumer.inFlight.isEmpty()) {
            trace.add("leave", consumer.ref());
            broker.groups.leaveGroup(new LeaveGroup.Request(
                    GROUP, List.of(new LeaveGroup.Leaver(consumer.memberId, Optional.empty(), "bye"))));
            consumer.lose();
        }
    }

    /** The process is gone; another comes. A static one comes back under its name. */
    private void crash(Consumer consumer) {
        trace.add("crash", consumer.ref());
        consumer.lose();
        if (consumer.instanceId.isEmpty()) {
            consumers.remove(consumer);
            newConsumer();
        }
    }

    /** A second process of a static member starts while the first still runs. */
    private void twin(Consumer consumer) {
        if (consumer.instanceId.isPresent() && consumers.size() < 5) {
            trace.add("twin", consumer.ref());
            consumers.add(new Consumer(consumer.name, true));
        }
    }

    private void act(Consumer consumer) {
        if (consumer.inFlight.isPresent()) {
            boolean lost = random.nextInt(10) == 0;
            if (lost) {
                consumer.rejoin();
            } else if (consumer.inFlight.get().isDone()) {
                Object answer = consumer.inFlight.get().join();
                consumer.inFlight = Optional.empty();
                take(consumer, answer);
            }
        } else if (random.nextInt(10) > 0) {
            send(consumer);
        }
    }

    private void send(Consumer consumer) {
        trace.add("send", consumer.ref(), consumer.generation, consumer.joined, consumer.synced);
        if (!consumer.joined) {
            consumer.inFlight = Optional.of(broker.groups
                    .joinGroup(Coordinator.joinRequest(consumer.ref(), Coordinator.protocols("t"), true))
                    .toCompletableFuture());
        } else if (!consumer.synced) {
            consumer.inFlight = Optional.of(broker.sync(consumer.ref(), consumer.generation, consumer.toAssign)
                    .toCompletableFuture());
        } else {
            consumer.inFlight = Optional.of(
                    broker.heartbeat(consumer.ref(), consumer.generation).toCompletableFuture());
        }
    }

    private void take(Consumer consumer, Object answer) {
        trace.add("take", consumer.ref(), answer);
        if (answer instanceof JoinGroup.Response joined) {
            takeJoin(consumer, joined);
        } else if (answer instanceof SyncGroup.Response synced) {
            takeSync(consumer, synced);
        } else if (answer instanceof GroupError error && error != GroupError.NONE) {
            refused(consumer, error);
        }
    }

    private void takeJoin(Consumer consumer, JoinGroup.Response joined) {
        if (joined.error() == GroupError.MEMBER_ID_REQUIRED) {
            consumer.memberId = joined.memberId();
        } else if (joined.error() != GroupError.NONE) {
            refused(consumer, joined.error());
        } else {
            consumer.memberId = joined.memberId();
            consumer.generation = joined.generation();
            consumer.joined = true;
            boolean leads = joined.leader().equals(joined.memberId()) && !joined.skipAssignment();
            consumer.toAssign = leads ? assign(joined.members()) : Map.of();
        }
    }

    private static Map<String, String> assign(List<JoinGroup.Member> members) {
        Map<String, StringBuilder> shares = new LinkedHashMap<>();
        members.forEach(member -> shares.put(member.memberId(), new StringBuilder()));
        List<StringBuilder> order = List.copyOf(shares.values());
        for (int partition = 0; partition < PARTITIONS; partition++) {
            order.get(partition % order.size()).append(partition);
        }
        Map<String, String> assignments = new LinkedHashMap<>();
        shares.forEach((memberId, share) -> assignments.put(memberId, share.toString()));
        return assignments;
    }

    private void takeSync(Consumer consumer, SyncGroup.Response synced) {
        if (synced.error() != GroupError.NONE) {
            refused(consumer, synced.error());
            return;
        }
        consumer.synced = true;
        String digits = new String(synced.assignment().array(), StandardCharsets.UTF_8);
        for (char digit : digits.toCharArray()) {
            int partition = digit - '0';
            consumer.owned.add(partition);
            consumer.stints.put(partition, nextStint++);
            String before = givenTo.put(consumer.generation + "/" + partition, consumer.name);
            assertThat(before == null || before.equals(consumer.name))
                    .as(
                            "G2: partition %d of generation %d for %s and %s",
                            partition, consumer.generation, before, consumer.name)
                    .isTrue();
        }
    }

    private void refused(Consumer consumer, GroupError error) {
        switch (error) {
            case UNKNOWN_MEMBER_ID, GROUP_MAX_SIZE_REACHED, INCONSISTENT_GROUP_PROTOCOL -> consumer.lose();
            case ILLEGAL_GENERATION, REBALANCE_IN_PROGRESS -> consumer.rejoin();
            case FENCED_INSTANCE_ID -> {
                // Another process has the name: this one ends.
                consumer.lose();
                consumers.remove(consumer);
                if (consumers.size() < 4) {
                    newConsumer();
                }
            }
            default -> {}
        }
    }

    private void commitLater(Consumer consumer) {
        for (int partition : consumer.owned) {
            late.add(new LateCommit(
                    consumer.ref(), consumer.generation, partition, consumer.stints.getOrDefault(partition, 0L)));
        }
    }

    private void commitSome() {
        for (int i = 0; i < 6 && !late.isEmpty() && !broker.log.isHeld(); i++) {
            LateCommit commit = late.remove(random.nextInt(late.size()));
            OffsetCommit.Offset offset = new OffsetCommit.Offset(
                    new TopicPartition("t", commit.partition()), CommittedOffset.NO_TOPIC_ID, commit.stint(), -1, "");
            OffsetCommit.Response response = broker.now(broker.groups.commitOffsets(new OffsetCommit.Request(
                    commit.member(), commit.generation(), true, OptionalLong.empty(), List.of(offset))));
            if (response.of(offset.partition()) == GroupError.NONE) {
                long highest = highestCommit.getOrDefault(commit.partition(), 0L);
                assertThat(commit.stint()).as("G1: %s", commit).isGreaterThanOrEqualTo(highest);
                highestCommit.put(commit.partition(), commit.stint());
            }
        }
    }

    private DescribeGroups.Described describe() {
        return broker.now(broker.groups.describeGroups(List.of(GROUP))).get(0);
    }

    private void check() {
        Map<String, String> users = new HashMap<>();
        for (Consumer consumer : consumers) {
            for (int partition : consumer.owned) {
                String before = users.put(consumer.generation + "/" + partition, consumer.name);
                assertThat(before == null || before.equals(consumer.name))
                        .as("G1: partition %d used by %s and %s", partition, before, consumer.name)
                        .isTrue();
            }
        }
        if (!broker.log.isHeld() && describe().state() != GroupState.PREPARING_REBALANCE) {
            assertThat(describe().members()).as("G7").hasSizeLessThanOrEqualTo(MEMBERS_MAX);
        }
    }

    private void settle() {
        if (broker.log.isHeld()) {
            broker.holdOrRelease(trace);
        }
        for (Consumer consumer : consumers) {
            consumer.inFlight = Optional.empty();
        }
        for (int round = 0; round < 60; round++) {
            for (Consumer consumer : List.copyOf(consumers)) {
                if (consumer.inFlight.isEmpty()) {
                    send(consumer);
                }
                broker.loop.runAll();
                if (consumer.inFlight.isPresent() && consumer.inFlight.get().isDone()) {
                    Object answer = consumer.inFlight.get().join();
                    consumer.inFlight = Optional.empty();
                    take(consumer, answer);
                }
                check();
            }
            broker.loop.advanceMs(2_000);
        }
        Set<Integer> used = new TreeSet<>();
        consumers.forEach(consumer -> used.addAll(consumer.owned));
        assertThat(used).as("partitions in use at the end").hasSize(PARTITIONS);
        assertThat(describe().state()).isEqualTo(GroupState.STABLE);
        DescribeGroups.Described before = describe();
        broker.restart();
        assertThat(describe()).as("replay gives the same state").isEqualTo(before);
    }
}
