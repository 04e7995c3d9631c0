package io.sluice.engine.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * One seeded run of a fleet that moves from one protocol to the other and back: classic, cooperative consumers and
 * consumers of KIP-848's protocol join, leave, are replaced by one of the other kind, die, fall silent, lose requests and
 * answers and commit late; topics grow; the coordinator loses what is not durable and loads again. The group is classic
 * or not as its members demand, nobody's progress is lost, and at the end, with all faults over, the group settles.
 */
final class MixedGroupSimulation {
    private static final String GROUP = Coordinator.GROUP;
    private static final List<String> TOPICS = List.of("t0", "t1");
    private static final int CLIENTS = 4;
    private static final int EVENTS = 150;

    /** What the coordinator says of the group's members. */
    private record Seen(ConsumerGroupDescribe.Described consumers, DescribeGroups.Described classic) {
        boolean isConsumerGroup() {
            return consumers.error() == GroupError.NONE;
        }
    }

    private final Random random;
    private final Coordinator broker;
    private final SimulationTrace trace = new SimulationTrace();
    private final LateCommits commits;
    private final List<GroupClient> clients = new ArrayList<>();
    private final Map<String, Integer> partitions = new HashMap<>();
    private int named;

    MixedGroupSimulation(long seed, Rules rules) {
        this.random = new Random(seed);
        this.broker = new Coordinator(rules, seed);
        this.commits = new LateCommits(broker);
        for (String topic : TOPICS) {
            grow(topic, 1 + random.nextInt(4));
        }
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(newClient(random.nextBoolean()));
        }
    }

    void run() {
        trace.tell(() -> {
            for (int i = 0; i < EVENTS; i++) {
                event();
                broker.expectMemoryCounted();
                check();
            }
            settle();
        });
    }

    private void event() {
        GroupClient client = clients.get(random.nextInt(clients.size()));
        switch (random.nextInt(24)) {
            case 0 -> leave(client);
            case 1 -> replace(client, random.nextBoolean());
            case 2 -> {
                leave(client);
                replace(client, client instanceof CooperativeClient);
            }
            case 3 -> pass(random.nextInt(4) == 0 ? 46_000 : 3_000);
            case 4 -> grow(TOPICS.get(random.nextInt(TOPICS.size())), 1);
            case 5 -> broker.loseAndRestart(trace);
            case 6, 7 -> broker.holdOrRelease(trace);
            case 8, 9 -> clients.forEach(GroupClient::commitLater);
            case 10, 11 -> {
                if (!broker.log.isHeld()) {
                    commits.arrive(random);
                }
            }
            case 12, 13, 14, 15 -> {
                for (GroupClient each : clients) {
                    each.act(random);
                    broker.loop.runAll();
                }
            }
            default -> client.act(random);
        }
        broker.loop.runAll();
    }

    private GroupClient newClient(boolean consumer) {
        return newClient(consumer, "c" + named++, random.nextInt(3) == 0);
    }

    private GroupClient newClient(boolean consumer, String name, boolean isStatic) {
        if (!consumer) {
            return new CooperativeClient(broker, trace, commits, name, someTopics(), isStatic);
        }
        GroupClient client = new ConsumerClient(broker, trace, commits, name, someTopics(), isStatic);
        client.memberId = "m" + named++;
        return client;
    }

    private Set<String> someTopics() {
        Set<String> topics = new TreeSet<>(TOPICS);
        if (random.nextInt(3) == 0) {
            topics.remove(TOPICS.get(random.nextInt(TOPICS.size())));
        }
        return topics;
    }

    private void grow(String topic, int by) {
        int size = Math.min(8, partitions.getOrDefault(topic, 0) + by);
        partitions.put(topic, size);
        broker.topic(topic, size);
    }

    private void pass(long ms) {
        trace.add("pass", ms);
        broker.loop.advanceMs(ms);
    }

    private void leave(GroupClient client) {
        if (client.isMember() && !client.isWaiting()) {
            if (client instanceof ConsumerClient consumer && consumer.isStatic && random.nextBoolean()) {
                consumer.leave(ConsumerGroupHeartbeat.LEAVE_FOR_NOW);
            } else {
                client.leave();
            }
        }
    }

    /** The process is gone without a word, or after one; another comes in its place, under its name if it is static. */
    private void replace(GroupClient client, boolean byConsumer) {
        trace.add("gone", client.ref());
        clients.remove(client);
        boolean isStatic = client.ref().instanceId().isPresent();
        clients.add(isStatic ? newClient(byConsumer, client.name, true) : newClient(byConsumer));
    }

    private Seen look() {
        return new Seen(
                broker.now(broker.groups.describeConsumerGroups(List.of(GROUP))).get(0),
                broker.now(broker.groups.describeGroups(List.of(GROUP))).get(0));
    }

    private void check() {
        if (broker.log.isHeld()) {
            return;
        }
        Seen seen = look();
        checkType(seen);
        checkNobodySharesAPartition(seen);
        commits.expectKept();
    }

    /** A group with members is a consumer group if, and only if, one of them speaks that protocol. */
    private void checkType(Seen seen) {
        if (seen.isConsumerGroup()) {
            List<ConsumerGroupDescribe.Member> members = seen.consumers().members();
            assertThat(members.isEmpty() || !members.stream().allMatch(ConsumerGroupDescribe.Member::classic))
                    .as("only classic members in %s", seen)
                    .isTrue();
            return;
        }
        for (GroupClient client : clients) {
            boolean inside = seen.classic().members().stream()
                    .anyMatch(member -> member.memberId().equals(client.memberId));
            assertThat(inside && client instanceof ConsumerClient)
                    .as("%s in a classic group", client.memberId)
                    .isFalse();
        }
    }

    /** Among those that the coordinator has not fenced: what they use, not what it thinks. */
    private void checkNobodySharesAPartition(Seen seen) {
        Set<String> known = new TreeSet<>();
        seen.consumers().members().forEach(member -> known.add(member.ref().memberId()));
        seen.classic().members().forEach(member -> known.add(member.memberId()));
        Assignment used = Assignment.NONE;
        for (GroupClient client : clients) {
            if (client.isMember() && known.contains(client.memberId)) {
                assertThat(used.intersect(client.owned))
                        .as("partitions used twice")
                        .isEqualTo(Assignment.NONE);
                used = used.plus(client.owned);
            }
        }
    }

    /**
     * All faults are over, but for the last step of the migration, after which the coordinator may have to be loaded: the
     * dead expire, the living get through, and the group comes to rest.
     */
    private void settle() {
        if (broker.log.isHeld()) {
            broker.holdOrRelease(trace);
        }
        work(30);
        finishMigration();
        if (random.nextBoolean()) {
            broker.loseAndRestart(trace);
        }
        work(80);
        expectSettled();
        Seen before = look();
        broker.restart();
        assertThat(look()).as("replay gives the same state").isEqualTo(before);
        work(10);
        expectSettled();
    }

    /** The fleet is of one kind at last, or remains of both. */
    private void finishMigration() {
        Class<? extends GroupClient> leaves =
                switch (random.nextInt(3)) {
                    case 0 -> ConsumerClient.class;
                    case 1 -> CooperativeClient.class;
                    default -> null;
                };
        List<GroupClient> leavers =
                clients.stream().filter(client -> client.getClass() == leaves).toList();
        if (leavers.size() < clients.size()) {
            leavers.stream().filter(GroupClient::isMember).forEach(GroupClient::leave);
            broker.loop.runAll();
            clients.removeAll(leavers);
        }
    }

    private void work(int rounds) {
        for (GroupClient client : clients) {
            if (client.isWaiting()) {
                client.forgetRequest();
                client.missed();
            }
        }
        for (int round = 0; round < rounds; round++) {
            for (GroupClient client : clients) {
                if (client instanceof ConsumerClient consumer) {
                    consumer.follow();
                }
                if (!client.isWaiting()) {
                    client.send();
                }
                broker.loop.runAll();
                client.takeAnswer();
            }
            check();
            broker.loop.advanceMs(2_000);
        }
    }

    private void expectSettled() {
        assertThat(broker.state()).isEqualTo(GroupState.STABLE);
        boolean consumers = clients.stream().anyMatch(ConsumerClient.class::isInstance);
        assertThat(look().isConsumerGroup()).as("type of the group").isEqualTo(consumers);
        Assignment expected = Assignment.NONE;
        for (String topic : TOPICS) {
            if (clients.stream().anyMatch(client -> client.topics.contains(topic))) {
                for (int partition = 0; partition < partitions.getOrDefault(topic, 0); partition++) {
                    expected = expected.plus(Assignment.of(
                            broker.current().find(topic).orElseThrow().id(), partition));
                }
            }
        }
        Assignment used = Assignment.NONE;
        for (GroupClient client : clients) {
            assertThat(client.isMember()).as("%s is in the group", client.name).isTrue();
            assertThat(used.intersects(client.owned))
                    .as("partitions in use twice at the end")
                    .isFalse();
            used = used.plus(client.owned);
        }
        assertThat(used).as("partitions in use at the end").isEqualTo(expected);
    }
}
