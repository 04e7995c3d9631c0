package io.sluice.system.scenario;

import static io.sluice.system.scenario.Clients.pollUntil;
import static io.sluice.system.scenario.Clients.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.system.clients.NeedsCalm;
import io.sluice.system.clients.Scenario;
import io.sluice.system.clients.Surroundings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InvalidSessionTimeoutException;

/** The group protocol that every client has: who gets which partitions when members come and go. */
public class ClassicGroupScenarios {
    private final Surroundings surroundings;
    private final Clients clients;

    public ClassicGroupScenarios(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.clients = new Clients(surroundings);
    }

    @Scenario
    public void membersShareAndTakeOverWhenOneLeaves() throws Exception {
        String topic = clients.topic("share", 6);
        String group = surroundings.name("group");
        KafkaConsumer<byte[], byte[]> first = clients.member(group);
        KafkaConsumer<byte[], byte[]> second = clients.member(group);
        try (first) {
            try (second) {
                first.subscribe(List.of(topic));
                pollUntil(() -> first.assignment().size() == 6, first);
                second.subscribe(List.of(topic));
                pollUntil(() -> sizes(first, second, 3, 3), first, second);
                assertThat(all(first, second)).hasSize(6);
                for (int partition = 0; partition < 6; partition++) {
                    clients.send(topic, partition, 0, 10);
                }
                List<ConsumerRecord<byte[], byte[]>> taken = new ArrayList<>();
                pollUntil(() -> taken.size() >= 60, taken, first, second);
                assertThat(taken).hasSize(60);
                first.commitSync();
                second.commitSync();
            }
            pollUntil(() -> first.assignment().size() == 6, first);
        }
    }

    @Scenario
    public void everyAssignorDealsAllPartitionsOut() throws Exception {
        String one = clients.topic("deal-a", 4);
        String two = clients.topic("deal-b", 3);
        for (String assignor : List.of("Range", "RoundRobin", "Sticky", "CooperativeSticky")) {
            String group = surroundings.name("deal");
            String type = "org.apache.kafka.clients.consumer." + assignor + "Assignor";
            try (KafkaConsumer<byte[], byte[]> first = clients.member(group, "partition.assignment.strategy", type);
                    KafkaConsumer<byte[], byte[]> second =
                            clients.member(group, "partition.assignment.strategy", type)) {
                first.subscribe(List.of(one, two));
                second.subscribe(List.of(one, two));
                pollUntil(
                        () -> first.assignment().size() + second.assignment().size() == 7
                                && !first.assignment().isEmpty()
                                && !second.assignment().isEmpty(),
                        first,
                        second);
                assertThat(all(first, second)).hasSize(7);
            }
        }
    }

    @Scenario
    public void cooperativeMemberKeepsWhatItDoesNotGiveAway() throws Exception {
        String topic = clients.topic("cooperative", 4);
        String group = surroundings.name("group");
        String assignor = "org.apache.kafka.clients.consumer.CooperativeStickyAssignor";
        Rebalances events = new Rebalances();
        try (KafkaConsumer<byte[], byte[]> first = clients.member(group, "partition.assignment.strategy", assignor);
                KafkaConsumer<byte[], byte[]> second =
                        clients.member(group, "partition.assignment.strategy", assignor)) {
            first.subscribe(List.of(topic), events);
            pollUntil(() -> first.assignment().size() == 4, first);
            second.subscribe(List.of(topic));
            pollUntil(() -> sizes(first, second, 2, 2), first, second);
            // A coordinator that stops amid a rebalance takes the generation with it: members lose what they held then.
            if (surroundings.calm()) {
                assertThat(events.revoked).hasSize(2);
                assertThat(events.assigned).hasSize(4);
            }
            assertThat(all(first, second)).hasSize(4);
        }
    }

    @Scenario
    @NeedsCalm("the member is back before its session of ten seconds ends")
    public void staticMemberComesBackWithoutARebalance() throws Exception {
        String topic = clients.topic("static", 4);
        String group = surroundings.name("group");
        Rebalances events = new Rebalances();
        Set<TopicPartition> held;
        try (KafkaConsumer<byte[], byte[]> stays =
                clients.member(group, "group.instance.id", "stays", "session.timeout.ms", "10000")) {
            stays.subscribe(List.of(topic), events);
            try (KafkaConsumer<byte[], byte[]> bounces =
                    clients.member(group, "group.instance.id", "bounces", "session.timeout.ms", "10000")) {
                bounces.subscribe(List.of(topic));
                pollUntil(() -> sizes(stays, bounces, 2, 2), stays, bounces);
                held = Set.copyOf(bounces.assignment());
            }
            int before = events.revoked.size();
            try (KafkaConsumer<byte[], byte[]> again =
                    clients.member(group, "group.instance.id", "bounces", "session.timeout.ms", "10000")) {
                again.subscribe(List.of(topic));
                pollUntil(() -> again.assignment().size() == 2, stays, again);
                assertThat(again.assignment()).isEqualTo(held);
                assertThat(events.revoked).hasSize(before);
            }
        }
    }

    @Scenario
    public void g3SecondProcessWithAnInstanceIdFencesTheFirst() throws Exception {
        String topic = clients.topic("fenced", 1);
        String group = surroundings.name("group");
        try (KafkaConsumer<byte[], byte[]> old = clients.member(group, "group.instance.id", "same");
                KafkaConsumer<byte[], byte[]> young = clients.member(group, "group.instance.id", "same")) {
            old.subscribe(List.of(topic));
            pollUntil(() -> old.assignment().size() == 1, old);
            young.subscribe(List.of(topic));
            pollUntil(() -> young.assignment().size() == 1, young);
            assertThatThrownBy(() -> pollUntil(() -> false, old)).isInstanceOf(FencedInstanceIdException.class);
        }
    }

    @Scenario
    public void silentMemberIsReplacedAfterItsSession() throws Exception {
        String topic = clients.topic("silent", 2);
        String group = surroundings.name("group");
        try (KafkaConsumer<byte[], byte[]> heir = clients.member(group)) {
            // A static member that closes says nothing to the broker: to the group it has crashed.
            try (KafkaConsumer<byte[], byte[]> silent = clients.member(group, "group.instance.id", "silent")) {
                heir.subscribe(List.of(topic));
                silent.subscribe(List.of(topic));
                pollUntil(() -> sizes(heir, silent, 1, 1), heir, silent);
            }
            pollUntil(() -> heir.assignment().size() == 2, heir);
        }
    }

    @Scenario
    public void g1CommitOfAnEvictedMemberIsRefused() throws Exception {
        String topic = clients.topic("evicted", 1);
        String group = surroundings.name("group");
        clients.send(topic, 0, 0, 10);
        try (KafkaConsumer<byte[], byte[]> slow = clients.member(group, "max.poll.interval.ms", "3000");
                KafkaConsumer<byte[], byte[]> quick = clients.member(group)) {
            slow.subscribe(List.of(topic));
            take(slow, 10);
            // The first member polls no more, so its client leaves the group for it.
            quick.subscribe(List.of(topic));
            pollUntil(() -> quick.assignment().size() == 1, quick);
            // What it has read, spelt out: where a leader has changed meanwhile the client takes its positions for
            // unsure, and
            // would commit nothing at all.
            Map<TopicPartition, OffsetAndMetadata> read =
                    Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(10));
            assertThatThrownBy(() -> slow.commitSync(read)).isInstanceOf(CommitFailedException.class);
            assertThat(quick.committed(quick.assignment()).values()).containsOnlyNulls();
        }
    }

    @Scenario
    public void patternFindsTopicsThatComeLater() throws Exception {
        String stem = surroundings.name("pattern");
        String group = surroundings.name("group");
        try (KafkaConsumer<byte[], byte[]> consumer = clients.member(group, "metadata.max.age.ms", "300")) {
            consumer.subscribe(Pattern.compile(stem + "-x-.*"));
            consumer.poll(Duration.ofMillis(200));
            String first = clients.topic(stem + "-x", 1);
            pollUntil(() -> consumer.assignment().size() == 1, consumer);
            clients.topic(stem + "-y", 1);
            String third = clients.topic(stem + "-x", 2);
            pollUntil(() -> consumer.assignment().size() == 3, consumer);
            assertThat(consumer.assignment()).extracting(TopicPartition::topic).containsOnly(first, third);
        }
    }

    @Scenario
    public void manyMembersConverge() throws Exception {
        String topic = clients.topic("many", 8);
        String group = surroundings.name("group");
        List<KafkaConsumer<byte[], byte[]>> members = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                KafkaConsumer<byte[], byte[]> member = clients.member(group, "session.timeout.ms", "10000");
                members.add(member);
                member.subscribe(List.of(topic));
                member.poll(Duration.ZERO);
            }
            @SuppressWarnings("unchecked")
            KafkaConsumer<byte[], byte[]>[] all = members.toArray(KafkaConsumer[]::new);
            pollUntil(() -> members.stream().allMatch(m -> m.assignment().size() == 1), all);
            assertThat(all(all)).hasSize(8);
        } finally {
            members.forEach(KafkaConsumer::close);
        }
    }

    @Scenario
    public void sessionTimeoutOutsideTheBrokersLimitsIsRefused() throws Exception {
        String topic = clients.topic("limits", 1);
        try (KafkaConsumer<byte[], byte[]> consumer = clients.consumer(
                "group.id", surroundings.name("group"), "session.timeout.ms", "10", "heartbeat.interval.ms", "3")) {
            consumer.subscribe(List.of(topic));
            assertThatThrownBy(() -> pollUntil(() -> false, consumer))
                    .isInstanceOf(InvalidSessionTimeoutException.class);
        }
    }

    static boolean sizes(
            KafkaConsumer<byte[], byte[]> first, KafkaConsumer<byte[], byte[]> second, int ofFirst, int ofSecond) {
        return first.assignment().size() == ofFirst && second.assignment().size() == ofSecond;
    }

    @SafeVarargs
    static Set<TopicPartition> all(KafkaConsumer<byte[], byte[]>... members) {
        Set<TopicPartition> all = new HashSet<>();
        for (KafkaConsumer<byte[], byte[]> member : members) {
            all.addAll(member.assignment());
        }
        return all;
    }
}
