package io.sluice.engine.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.TopicPartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Random lives of a few groups of every kind, which change protocol, lose members, offsets and topics, are deleted,
 * dropped and loaded again: what is counted on the way is what a count from nothing finds, and in the end nothing is left.
 */
class GroupMemoryLivesTest {
    private static final int SEEDS = Integer.getInteger("sluice.seeds", 60);
    private static final int EVENTS = 300;
    private static final List<String> GROUPS = List.of("a", "b", "c");
    private static final List<String> TOPICS = List.of("t", "u", "v");

    /** One run; answers that wait are taken up when they are there. */
    private static final class Life {
        private final Random random;
        private final Coordinator broker;
        private final List<CompletableFuture<JoinGroup.Response>> joins = new ArrayList<>();
        private final Map<CompletableFuture<JoinGroup.Response>, String> groupOf = new HashMap<>();
        private final List<MemberRef> classic = new ArrayList<>();
        private final Map<MemberRef, Integer> consumers = new HashMap<>();

        Life(long seed) {
            random = new Random(seed);
            // Often too little, so that refusals are part of the life.
            broker = new Coordinator(new GroupMemory(random.nextBoolean() ? 60_000 : 10 << 20));
            TOPICS.forEach(topic -> broker.topic(topic, 1 + random.nextInt(5)));
        }

        void run() {
            for (int i = 0; i < EVENTS; i++) {
                event();
                broker.loop.runAll();
                broker.expectMemoryCounted();
            }
            broker.restart();
            broker.expectMemoryCounted();
            // Everyone falls silent, all offsets expire.
            for (int i = 0; i < 4; i++) {
                broker.loop.advanceMs(GroupConfig.Offsets.DEFAULTS.retentionMs());
            }
            broker.now(broker.groups.deleteGroups(GROUPS));
            assertThat(broker.memory.usedBytes()).as("left in the end").isZero();
        }

        private <T> T one(List<T> of) {
            return of.get(random.nextInt(of.size()));
        }

        private void event() {
            switch (random.nextInt(16)) {
                case 0, 1, 2 -> joinClassic();
                case 3, 4 -> assignWork();
                case 5, 6, 7 -> heartbeat();
                case 8, 9 -> commit();
                case 10 -> leave();
                case 11 -> broker.groups.deleteGroups(List.of(one(GROUPS)));
                case 12 ->
                    broker.groups.deleteOffsets(new OffsetDelete.Request(
                            one(GROUPS), List.of(new TopicPartition(one(TOPICS), random.nextInt(3)))));
                case 13 ->
                    broker.loop.advanceMs(
                            random.nextInt(8) == 0
                                    ? GroupConfig.Offsets.DEFAULTS.retentionMs()
                                    : random.nextInt(40_000));
                case 14 -> changeTopics();
                default -> reload();
            }
        }

        private void joinClassic() {
            boolean again = !classic.isEmpty() && random.nextBoolean();
            String group = one(GROUPS);
            MemberRef fresh = random.nextInt(3) == 0
                    ? MemberRef.fixed(group, "", "instance-" + random.nextInt(3))
                    : MemberRef.dynamic(group, "");
            MemberRef member = again ? one(classic) : fresh;
            Bytes metadata = random.nextInt(4) == 0
                    ? Bytes.of(new byte[random.nextInt(3_000)])
                    : Coordinator.subscription(someTopics().toArray(String[]::new));
            List<JoinGroup.Protocol> protocols = List.of(new JoinGroup.Protocol("range", metadata));
            CompletableFuture<JoinGroup.Response> join = broker.groups
                    .joinGroup(Coordinator.joinRequest(member, protocols, random.nextBoolean()))
                    .toCompletableFuture();
            joins.add(join);
            groupOf.put(join, member.groupId());
        }

        private void assignWork() {
            for (CompletableFuture<JoinGroup.Response> join : List.copyOf(joins)) {
                if (join.isDone()) {
                    joins.remove(join);
                    JoinGroup.Response joined = join.join();
                    MemberRef member = MemberRef.dynamic(String.valueOf(groupOf.remove(join)), joined.memberId());
                    classic.add(member);
                    Map<String, String> assignments = new HashMap<>();
                    joined.members().forEach(one -> assignments.put(one.memberId(), "x".repeat(random.nextInt(500))));
                    broker.sync(member, joined.generation(), assignments);
                }
            }
        }

        private void heartbeat() {
            boolean joins = consumers.isEmpty() || random.nextInt(3) == 0;
            MemberRef member = joins
                    ? MemberRef.dynamic(one(GROUPS), "consumer-" + random.nextInt(5))
                    : one(List.copyOf(consumers.keySet()));
            int epoch = joins ? ConsumerGroupHeartbeat.JOIN : consumers.getOrDefault(member, 0);
            Optional<String> regex = random.nextInt(4) == 0 ? Optional.of("[tu]") : Optional.empty();
            ConsumerGroupHeartbeat.Subscription wants = joins || random.nextInt(3) == 0
                    ? new ConsumerGroupHeartbeat.Subscription(Optional.of(someTopics()), regex, Optional.empty())
                    : ConsumerGroupHeartbeat.Subscription.UNCHANGED;
            broker.groups
                    .consumerHeartbeat(new ConsumerGroupHeartbeat.Request(
                            member,
                            epoch,
                            Coordinator.CLIENT,
                            Optional.empty(),
                            Coordinator.REBALANCE_MS,
                            wants,
                            random.nextBoolean() ? Optional.of(Assignment.NONE) : Optional.empty()))
                    .thenAccept(answer -> {
                        if (answer.error() == GroupError.NONE) {
                            consumers.put(member, answer.memberEpoch());
                        }
                    });
        }

        private Set<String> someTopics() {
            Set<String> topics = new TreeSet<>();
            TOPICS.stream().filter(topic -> random.nextBoolean()).forEach(topics::add);
            return topics;
        }

        private void commit() {
            boolean outside = classic.isEmpty() || random.nextBoolean();
            MemberRef member = outside ? MemberRef.dynamic(one(GROUPS), "") : one(classic);
            OffsetCommit.Offset offset = new OffsetCommit.Offset(
                    new TopicPartition(one(TOPICS), random.nextInt(3)),
                    CommittedOffset.NO_TOPIC_ID,
                    random.nextInt(100),
                    -1,
                    "n".repeat(random.nextInt(1_000)));
            broker.groups.commitOffsets(new OffsetCommit.Request(
                    member, outside ? -1 : 1, true, OptionalLong.empty(), List.of(offset, offset)));
        }

        private void leave() {
            if (!classic.isEmpty()) {
                MemberRef member = classic.remove(random.nextInt(classic.size()));
                broker.groups.leaveGroup(new LeaveGroup.Request(
                        member.groupId(), List.of(new LeaveGroup.Leaver(member.memberId(), Optional.empty(), "test"))));
            }
        }

        private void changeTopics() {
            String topic = one(TOPICS);
            if (random.nextBoolean()) {
                broker.deleteTopic(topic);
            } else {
                broker.topic(topic, 1 + random.nextInt(6));
            }
        }

        private void reload() {
            switch (random.nextInt(3)) {
                case 0 -> broker.restart();
                case 1 -> broker.groups.lead(0);
                default -> {
                    broker.log.failAppends(true);
                    commit();
                    broker.loop.runAll();
                    broker.log.failAppends(false);
                }
            }
        }
    }

    @Test
    void whatIsCountedOnTheWayIsWhatIsThere() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            Life life = new Life(seed);
            try {
                life.run();
            } catch (AssertionError wrong) {
                throw new AssertionError("seed " + seed + ": " + wrong.getMessage(), wrong);
            }
        }
    }
}
