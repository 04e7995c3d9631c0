package io.sluice.engine.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * One seeded run of a consumer group: clients join, leave, change their subscription, lose requests and answers, stop
 * for a while, commit late; topics grow; the coordinator loses what is not durable and loads again. After every event
 * the invariants of KIP-848 are checked, and at the end, with all faults over, that the group settles.
 */
final class ConsumerGroupSimulation {
    private static final String GROUP = Coordinator.GROUP;
    private static final List<String> TOPICS = List.of("t0", "t1", "t2");
    private static final int EVENTS = 150;

    private final Random random;
    private final Coordinator broker;
    private final List<ConsumerClient> consumers = new ArrayList<>();
    private final Map<String, Integer> partitions = new HashMap<>();
    private final SimulationTrace trace = new SimulationTrace();
    private final LateCommits commits;
    private int groupEpoch;
    private int named;

    ConsumerGroupSimulation(long seed, Rules rules) {
        this.random = new Random(seed);
        this.broker = new Coordinator(rules, seed);
        this.commits = new LateCommits(broker);
        for (String topic : TOPICS) {
            grow(topic, 1 + random.nextInt(4));
        }
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
            if (!broker.log.isHeld()) {
                check();
            }
        }
        settle();
    }

    private void event() {
        ConsumerClient consumer = consumers.get(random.nextInt(consumers.size()));
        switch (random.nextInt(24)) {
            case 0 -> leave(consumer);
            case 1 -> crash(consumer);
            case 2 -> consumer.subscribe(someTopics());
            case 3 -> broker.loop.advanceMs(random.nextInt(4) == 0 ? 46_000 : 5_000);
            case 4 -> grow(TOPICS.get(random.nextInt(TOPICS.size())), 1);
            case 5 -> broker.loseAndRestart(trace);
            case 6, 7 -> broker.holdOrRelease(trace);
            case 8, 9 -> consumer.commitLater();
            case 10, 11 -> {
                if (!broker.log.isHeld()) {
                    commits.arrive(random);
                }
            }
            case 12 -> broker.loop.advanceMs(1_000);
            default -> consumer.act(random);
        }
        broker.loop.runAll();
    }

    private void newConsumer() {
        boolean isStatic = random.nextInt(3) == 0;
        consumers.add(new ConsumerClient(broker, trace, commits, "c" + named++, someTopics(), isStatic));
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

    private void leave(ConsumerClient consumer) {
        if (consumer.isMember() && !consumer.isWaiting()) {
            boolean willBeBack = consumer.isStatic && random.nextBoolean();
            consumer.leave(willBeBack ? ConsumerGroupHeartbeat.LEAVE_FOR_NOW : ConsumerGroupHeartbeat.LEAVE);
        }
    }

    /** The process is gone; another comes. A static one comes back under its name. */
    private void crash(ConsumerClient consumer) {
        trace.add("crash", consumer.memberId);
        consumer.lose();
        if (consumer.isStatic) {
            consumer.begin();
        } else {
            consumers.remove(consumer);
            newConsumer();
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
        for (ConsumerClient consumer : consumers) {
            ConsumerGroupDescribe.Member known = members.get(consumer.memberId);
            if (known != null && consumer.isMember()) {
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
        if (broker.log.isHeld()) {
            broker.holdOrRelease(trace);
        }
        for (ConsumerClient consumer : consumers) {
            consumer.forgetRequest();
            consumer.missed();
        }
        for (int round = 0; round < 40; round++) {
            broker.loop.advanceMs(5_000);
            for (ConsumerClient consumer : consumers) {
                consumer.follow();
                consumer.send();
                broker.loop.runAll();
                consumer.takeAnswer();
                assertThat(consumer.isWaiting()).as("answer still missing").isFalse();
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
        for (ConsumerClient consumer : consumers) {
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
