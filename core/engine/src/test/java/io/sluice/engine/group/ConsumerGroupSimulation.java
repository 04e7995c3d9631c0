package io.sluice.engine.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.TopicPartition;
import io.sluice.engine.group.ConsumerGroupHeartbeat.Request;
import io.sluice.engine.group.ConsumerGroupHeartbeat.Response;
import io.sluice.engine.group.ConsumerGroupHeartbeat.Subscription;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * One seeded run of a consumer group: clients join, leave, change their subscription, lose requests and answers, stop
 * for a while, commit late; topics grow; the coordinator loses what is not durable and loads again. After every event
 * the invariants of KIP-848 are checked, and at the end, with all faults over, that the group settles.
 */
final class ConsumerGroupSimulation {
    private static final String GROUP = Coordinator.GROUP;
    private static final List<String> TOPICS = List.of("t0", "t1", "t2");
    private static final int EVENTS = 150;

    /** A late commit: what a client sent when it held a partition. */
    private record LateCommit(String memberId, int epoch, TopicPartition partition, long stint) {}

    /** A consumer as it sees itself. */
    private static final class Consumer {
        final String name;
        final boolean isStatic;
        String memberId;
        int epoch;
        boolean member;
        Set<String> topics;
        boolean topicsChanged;
        Assignment owned = Assignment.NONE;
        /** Which stint of ownership its partitions are in: what it commits, so that a commit out of turn goes back. */
        final Map<String, Long> stints = new HashMap<>();

        Optional<Assignment> told = Optional.empty();
        boolean tellAll;
        Optional<CompletableFuture<Response>> inFlight = Optional.empty();

        Consumer(String name, Set<String> topics, boolean isStatic) {
            this.name = name;
            this.memberId = name;
            this.topics = topics;
            this.isStatic = isStatic;
        }

        void lose() {
            member = false;
            epoch = 0;
            owned = Assignment.NONE;
            told = Optional.empty();
            inFlight = Optional.empty();
        }
    }

    private final Random random;
    private final Coordinator broker;
    private final List<Consumer> consumers = new ArrayList<>();
    private final List<LateCommit> late = new ArrayList<>();
    private final Map<String, Integer> partitions = new HashMap<>();
    private final Map<TopicPartition, Long> highestCommit = new HashMap<>();
    /** What happened last, for whoever looks into a failing seed. */
    private final ArrayDeque<String> trace = new ArrayDeque<>();

    private long nextStint = 1;
    private int groupEpoch;
    private boolean held;
    private int named;

    ConsumerGroupSimulation(long seed, Rules rules) {
        this.random = new Random(seed);
        this.broker = new Coordinator(rules, seed);
        for (String topic : TOPICS) {
            grow(topic, 1 + random.nextInt(4));
        }
        for (int i = 0; i < 4; i++) {
            newConsumer();
        }
    }

    void run() {
        try {
            runEvents();
        } catch (AssertionError broken) {
            throw new AssertionError(broken.getMessage() + "\nafter\n" + String.join("\n", trace), broken);
        }
    }

    private void trace(String what, Object... details) {
        trace.add(what + " " + Arrays.toString(details));
        if (trace.size() > 60) {
            trace.remove();
        }
    }

    private void runEvents() {
        for (int i = 0; i < EVENTS; i++) {
            event();
            broker.expectMemoryCounted();
            if (!held) {
                check();
            }
        }
        settle();
    }

    private void event() {
        Consumer consumer = consumers.get(random.nextInt(consumers.size()));
        switch (random.nextInt(24)) {
            case 0 -> leave(consumer);
            case 1 -> crash(consumer);
            case 2 -> {
                consumer.topics = someTopics();
                consumer.topicsChanged = true;
            }
            case 3 -> broker.loop.advanceMs(random.nextInt(4) == 0 ? 46_000 : 5_000);
            case 4 -> grow(TOPICS.get(random.nextInt(TOPICS.size())), 1);
            case 5 -> restart();
            case 6, 7 -> holdOrRelease();
            case 8, 9 -> commitLater(consumer);
            case 10, 11 -> {
                for (int i = 0; i < 6; i++) {
                    commitNow();
                }
            }
            case 12 -> broker.loop.advanceMs(1_000);
            default -> act(consumer);
        }
        broker.loop.runAll();
    }

    private void newConsumer() {
        boolean isStatic = random.nextInt(3) == 0;
        consumers.add(new Consumer("c" + named++, someTopics(), isStatic));
    }

    private Set<String> someTopics() {
        Set<String> topics = new TreeSet<>();
        for (String topic : TOPICS) {
            if (random.nextInt(3) > 0) {
                topics.add(topic);
            }
        }
        return topics.isEmpty() ? Set.of(TOPICS.get(0)) : topics;
    }

    private void grow(String topic, int by) {
        int size = Math.min(8, partitions.getOrDefault(topic, 0) + by);
        partitions.put(topic, size);
        broker.topic(topic, size);
    }

    private UUID id(String topic) {
        return broker.current().find(topic).orElseThrow().id();
    }

    private void restart() {
        trace("restart", held);
        if (held) {
            broker.log.loseUndurable();
            broker.log.release();
            held = false;
        }
        broker.restart();
    }

    private void holdOrRelease() {
        trace(held ? "release" : "hold");
        if (held) {
            broker.log.release();
        } else {
            broker.log.hold();
        }
        held = !held;
    }

    /** One thing that a client does by itself: take in an answer, give up, take over, send the next heartbeat. */
    private void act(Consumer consumer) {
        if (consumer.inFlight.isPresent()) {
            CompletableFuture<Response> answer = consumer.inFlight.get();
            boolean lost = random.nextInt(8) == 0;
            if (answer.isDone() && !lost) {
                consumer.inFlight = Optional.empty();
                take(consumer, answer.join());
            } else if (lost) {
                consumer.inFlight = Optional.empty();
                consumer.tellAll = true;
            }
            return;
        }
        if (consumer.told.isPresent() && random.nextBoolean()) {
            follow(consumer);
        }
        if (random.nextInt(10) == 0) {
            // The request itself is lost.
            consumer.tellAll = true;
            return;
        }
        send(consumer);
    }

    /** Gives up first; takes what is new only after that, as Kafka's consumer does. */
    private void follow(Consumer consumer) {
        Assignment told = consumer.told.orElseThrow();
        Assignment before = consumer.owned;
        trace("follow", consumer.memberId, before, told);
        consumer.owned = told;
        consumer.told = Optional.empty();
        consumer.tellAll = true;
        told.minus(before).forEach((topicId, partition) -> consumer.stints.put(topicId + "-" + partition, nextStint++));
    }

    private void send(Consumer consumer) {
        boolean joins = !consumer.member;
        MemberRef ref = consumer.isStatic
                ? MemberRef.fixed(GROUP, consumer.memberId, consumer.name)
                : MemberRef.dynamic(GROUP, consumer.memberId);
        boolean all = joins || consumer.tellAll || consumer.topicsChanged;
        Subscription wants = all
                ? new Subscription(Optional.of(consumer.topics), Optional.empty(), Optional.empty())
                : Subscription.UNCHANGED;
        Optional<Assignment> owned = all ? Optional.of(consumer.owned) : Optional.empty();
        if (all) {
            // It has said that it does not own what it was told to take, so it must not take it any more. It is told
            // again.
            consumer.told = Optional.empty();
        }
        int epoch = joins ? ConsumerGroupHeartbeat.JOIN : consumer.epoch;
        trace("send", ref, epoch, wants, owned);
        consumer.tellAll = false;
        consumer.topicsChanged = false;
        consumer.inFlight = Optional.of(broker.groups
                .consumerHeartbeat(
                        new Request(ref, epoch, Coordinator.CLIENT, Optional.empty(), all ? 30_000 : -1, wants, owned))
                .toCompletableFuture());
    }

    private void take(Consumer consumer, Response response) {
        trace("take", consumer.memberId, response);
        switch (response.error()) {
            case NONE -> {
                assertThat(response.memberEpoch()).as("member epoch").isGreaterThanOrEqualTo(consumer.epoch);
                consumer.member = true;
                consumer.epoch = response.memberEpoch();
                response.assignment().ifPresent(assignment -> consumer.told = Optional.of(assignment));
            }
            case UNKNOWN_MEMBER_ID, FENCED_MEMBER_EPOCH -> consumer.lose();
            case FENCED_INSTANCE_ID, UNRELEASED_INSTANCE_ID -> {
                consumer.lose();
                consumer.memberId = consumer.name + "." + named++;
            }
            default -> consumer.tellAll = true;
        }
    }

    private void leave(Consumer consumer) {
        if (consumer.member && consumer.inFlight.isEmpty()) {
            int epoch = consumer.isStatic && random.nextBoolean()
                    ? ConsumerGroupHeartbeat.LEAVE_FOR_NOW
                    : ConsumerGroupHeartbeat.LEAVE;
            MemberRef ref = consumer.isStatic
                    ? MemberRef.fixed(GROUP, consumer.memberId, consumer.name)
                    : MemberRef.dynamic(GROUP, consumer.memberId);
            trace("leave", ref, epoch);
            broker.groups.consumerHeartbeat(new Request(
                    ref, epoch, Coordinator.CLIENT, Optional.empty(), -1, Subscription.UNCHANGED, Optional.empty()));
            consumer.lose();
            consumer.memberId = consumer.name + "." + named++;
        }
    }

    /** The process is gone; another comes. A static one comes back under its name. */
    private void crash(Consumer consumer) {
        trace("crash", consumer.memberId);
        consumer.lose();
        if (consumer.isStatic) {
            consumer.memberId = consumer.name + "." + named++;
        } else {
            consumers.remove(consumer);
            newConsumer();
        }
    }

    private void commitLater(Consumer consumer) {
        if (!consumer.member || consumer.owned.isEmpty()) {
            return;
        }
        for (String topic : TOPICS) {
            for (int partition : consumer.owned.partitions(id(topic))) {
                long stint = consumer.stints.getOrDefault(id(topic) + "-" + partition, 0L);
                late.add(
                        new LateCommit(consumer.memberId, consumer.epoch, new TopicPartition(topic, partition), stint));
            }
        }
    }

    /** A commit that was sent at some time arrives. Whatever is accepted must not be from before what was accepted. */
    private void commitNow() {
        if (late.isEmpty() || held) {
            return;
        }
        commit(late.remove(random.nextInt(late.size())));
    }

    private void commit(LateCommit commit) {
        OffsetCommit.Offset offset = new OffsetCommit.Offset(
                commit.partition(), id(commit.partition().topic()), commit.stint(), -1, "");
        OffsetCommit.Response response = broker.now(broker.groups.commitOffsets(new OffsetCommit.Request(
                MemberRef.dynamic(GROUP, commit.memberId()),
                commit.epoch(),
                true,
                OptionalLong.empty(),
                List.of(offset))));
        if (response.of(commit.partition()) == GroupError.NONE) {
            long highest = highestCommit.getOrDefault(commit.partition(), 0L);
            assertThat(commit.stint()).as("G9: %s", commit).isGreaterThanOrEqualTo(highest);
            highestCommit.put(commit.partition(), commit.stint());
        }
    }

    private void check() {
        ConsumerGroupDescribe.Described group =
                broker.now(broker.groups.describeConsumerGroups(List.of(GROUP))).get(0);
        if (group.error() != GroupError.NONE) {
            return;
        }
        assertThat(group.groupEpoch()).as("group epoch").isGreaterThanOrEqualTo(groupEpoch);
        groupEpoch = group.groupEpoch();
        Map<String, ConsumerGroupDescribe.Member> members = new HashMap<>();
        group.members().forEach(member -> members.put(member.ref().memberId(), member));
        checkNobodySharesAPartition(members);
        checkTargets(group);
        if (group.state() == GroupState.STABLE) {
            for (ConsumerGroupDescribe.Member member : group.members()) {
                if (member.memberEpoch() >= 0) {
                    assertThat(member.assignment()).isEqualTo(member.target());
                    assertThat(member.memberEpoch()).isEqualTo(group.assignmentEpoch());
                }
            }
        }
    }

    /** NoDoubleClientAssignment, among those that the coordinator has not fenced: what they use, not what it thinks. */
    private void checkNobodySharesAPartition(Map<String, ConsumerGroupDescribe.Member> members) {
        Assignment used = Assignment.NONE;
        for (Consumer consumer : consumers) {
            ConsumerGroupDescribe.Member known = members.get(consumer.memberId);
            if (known != null && consumer.member) {
                assertThat(consumer.epoch).as("told epoch").isLessThanOrEqualTo(known.memberEpoch());
                assertThat(used.intersect(consumer.owned))
                        .as("partitions used twice")
                        .isEqualTo(Assignment.NONE);
                used = used.plus(consumer.owned);
            }
        }
    }

    private static void checkTargets(ConsumerGroupDescribe.Described group) {
        Assignment all = Assignment.NONE;
        for (ConsumerGroupDescribe.Member member : group.members()) {
            assertThat(all.intersects(member.target())).as("targets overlap").isFalse();
            all = all.plus(member.target());
        }
    }

    /** All faults are over: the dead expire, the living get through, and the group comes to rest. */
    private void settle() {
        if (held) {
            holdOrRelease();
        }
        for (Consumer consumer : consumers) {
            consumer.inFlight = Optional.empty();
            consumer.tellAll = true;
        }
        for (int round = 0; round < 40; round++) {
            broker.loop.advanceMs(5_000);
            for (Consumer consumer : consumers) {
                if (consumer.told.isPresent()) {
                    follow(consumer);
                }
                send(consumer);
                broker.loop.runAll();
                take(consumer, consumer.inFlight.orElseThrow().join());
                consumer.inFlight = Optional.empty();
                check();
            }
        }
        expectSettled();
    }

    private void expectSettled() {
        assertThat(broker.state()).isEqualTo(GroupState.STABLE);
        Assignment expected = Assignment.NONE;
        for (String topic : TOPICS) {
            if (consumers.stream().anyMatch(consumer -> consumer.topics.contains(topic))) {
                for (int partition = 0; partition < partitions.getOrDefault(topic, 0); partition++) {
                    expected = expected.plus(Assignment.of(id(topic), partition));
                }
            }
        }
        Assignment used = Assignment.NONE;
        for (Consumer consumer : consumers) {
            assertThat(consumer.told).as("still to follow").isEmpty();
            used = used.plus(consumer.owned);
        }
        assertThat(used).isEqualTo(expected);
        ConsumerGroupDescribe.Described before =
                broker.now(broker.groups.describeConsumerGroups(List.of(GROUP))).get(0);
        broker.restart();
        assertThat(broker.now(broker.groups.describeConsumerGroups(List.of(GROUP)))
                        .get(0))
                .as("replay gives the same state")
                .isEqualTo(before);
    }
}
