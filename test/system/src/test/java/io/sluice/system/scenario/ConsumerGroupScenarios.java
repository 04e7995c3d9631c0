package io.sluice.system.scenario;

import static io.sluice.system.scenario.ClassicGroupScenarios.all;
import static io.sluice.system.scenario.ClassicGroupScenarios.sizes;
import static io.sluice.system.scenario.Clients.get;
import static io.sluice.system.scenario.Clients.number;
import static io.sluice.system.scenario.Clients.pollUntil;
import static io.sluice.system.scenario.Clients.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.system.clients.ClientVersion;
import io.sluice.system.clients.NeedsCalm;
import io.sluice.system.clients.Scenario;
import io.sluice.system.clients.Surroundings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;
import org.apache.kafka.common.errors.UnsupportedAssignorException;

/** The group protocol of KIP-848, where the broker assigns. */
public class ConsumerGroupScenarios {
    private final Surroundings surroundings;
    private final Clients clients;

    public ConsumerGroupScenarios(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.clients = new Clients(surroundings);
    }

    private KafkaConsumer<byte[], byte[]> member(String group, String... settings) {
        List<String> all = new ArrayList<>(List.of("group.id", group, "group.protocol", "consumer"));
        all.addAll(List.of(settings));
        return clients.consumer(all.toArray(String[]::new));
    }

    @Scenario(since = ClientVersion.V4_3_1)
    public void membersShareAndTakeOverWhenOneLeaves() throws Exception {
        String topic = clients.topic("share848", 6);
        String group = surroundings.name("group848");
        KafkaConsumer<byte[], byte[]> first = member(group);
        Rebalances events = new Rebalances();
        try (first) {
            first.subscribe(List.of(topic), events);
            pollUntil(() -> first.assignment().size() == 6, first);
            try (KafkaConsumer<byte[], byte[]> second = member(group)) {
                second.subscribe(List.of(topic));
                pollUntil(() -> sizes(first, second, 3, 3), first, second);
                assertThat(all(first, second)).hasSize(6);
                assertThat(events.revoked).hasSize(3);
                for (int partition = 0; partition < 6; partition++) {
                    clients.send(topic, partition, 0, 10);
                }
                List<org.apache.kafka.clients.consumer.ConsumerRecord<byte[], byte[]>> taken = new ArrayList<>();
                pollUntil(() -> taken.size() >= 60, taken, first, second);
                assertThat(taken).hasSize(60);
                first.commitSync();
                second.commitSync();
            }
            pollUntil(() -> first.assignment().size() == 6, first);
        }
    }

    @Scenario(since = ClientVersion.V4_3_1)
    public void bothServerAssignorsDealAllPartitionsOut() throws Exception {
        String one = clients.topic("deal848a", 4);
        String two = clients.topic("deal848b", 2);
        for (String assignor : List.of("uniform", "range")) {
            String group = surroundings.name("deal848");
            try (KafkaConsumer<byte[], byte[]> first = member(group, "group.remote.assignor", assignor);
                    KafkaConsumer<byte[], byte[]> second = member(group, "group.remote.assignor", assignor)) {
                first.subscribe(List.of(one, two));
                second.subscribe(List.of(one, two));
                pollUntil(() -> sizes(first, second, 3, 3), first, second);
                assertThat(all(first, second)).hasSize(6);
            }
        }
    }

    @Scenario(since = ClientVersion.V4_3_1)
    public void nextMemberGoesOnWhereTheLastCommitted() throws Exception {
        String topic = clients.topic("resume848", 1);
        String group = surroundings.name("group848");
        clients.send(topic, 0, 0, 20);
        try (KafkaConsumer<byte[], byte[]> first = member(group, "max.poll.records", "10")) {
            first.subscribe(List.of(topic));
            take(first, 10);
            first.commitSync();
        }
        try (KafkaConsumer<byte[], byte[]> second = member(group)) {
            second.subscribe(List.of(topic));
            assertThat(number(take(second, 1).get(0))).isEqualTo(10);
        }
    }

    @Scenario(since = ClientVersion.V4_3_1)
    public void silentMemberIsReplacedAfterItsSession() throws Exception {
        String topic = clients.topic("silent848", 2);
        String group = surroundings.name("group848");
        try (KafkaConsumer<byte[], byte[]> heir = member(group)) {
            try (KafkaConsumer<byte[], byte[]> silent = member(group, "group.instance.id", "silent")) {
                heir.subscribe(List.of(topic));
                silent.subscribe(List.of(topic));
                pollUntil(() -> sizes(heir, silent, 1, 1), heir, silent);
            }
            pollUntil(() -> heir.assignment().size() == 2, heir);
        }
    }

    @Scenario(since = ClientVersion.V4_3_1)
    @NeedsCalm("the member is back before its session of five seconds ends")
    public void staticMemberComesBackToItsPartitions() throws Exception {
        String topic = clients.topic("static848", 4);
        String group = surroundings.name("group848");
        Rebalances events = new Rebalances();
        Set<TopicPartition> held;
        try (KafkaConsumer<byte[], byte[]> stays = member(group, "group.instance.id", "stays")) {
            stays.subscribe(List.of(topic), events);
            try (KafkaConsumer<byte[], byte[]> bounces = member(group, "group.instance.id", "bounces")) {
                bounces.subscribe(List.of(topic));
                pollUntil(() -> sizes(stays, bounces, 2, 2), stays, bounces);
                held = Set.copyOf(bounces.assignment());
            }
            int before = events.revoked.size();
            try (KafkaConsumer<byte[], byte[]> again = member(group, "group.instance.id", "bounces")) {
                again.subscribe(List.of(topic));
                pollUntil(() -> again.assignment().size() == 2, stays, again);
                assertThat(again.assignment()).isEqualTo(held);
                assertThat(events.revoked).hasSize(before);
            }
        }
    }

    @Scenario(since = ClientVersion.V4_3_1)
    public void g3InstanceIdInUseIsRefused() throws Exception {
        String topic = clients.topic("unreleased848", 1);
        String group = surroundings.name("group848");
        try (KafkaConsumer<byte[], byte[]> old = member(group, "group.instance.id", "same");
                KafkaConsumer<byte[], byte[]> young = member(group, "group.instance.id", "same")) {
            old.subscribe(List.of(topic));
            pollUntil(() -> old.assignment().size() == 1, old);
            young.subscribe(List.of(topic));
            assertThatThrownBy(() -> pollUntil(() -> false, young)).isInstanceOf(UnreleasedInstanceIdException.class);
        }
    }

    @Scenario(since = ClientVersion.V4_3_1)
    public void patternOfTheBrokerFindsTopicsThatComeLater() throws Exception {
        String stem = surroundings.name("pattern848");
        String group = surroundings.name("group848");
        String first = clients.topic(stem + "-x", 1);
        try (KafkaConsumer<byte[], byte[]> consumer = member(group, "metadata.max.age.ms", "500")) {
            consumer.subscribe(new SubscriptionPattern(stem + "-x-.*"));
            pollUntil(() -> consumer.assignment().size() == 1, consumer);
            clients.topic(stem + "-y", 1);
            String third = clients.topic(stem + "-x", 2);
            pollUntil(() -> consumer.assignment().size() == 3, consumer);
            assertThat(consumer.assignment()).extracting(TopicPartition::topic).containsOnly(first, third);
        }
    }

    @Scenario(since = ClientVersion.V4_3_1)
    public void wrongPatternAndAssignorAreRefused() throws Exception {
        String topic = clients.topic("wrong848", 1);
        try (KafkaConsumer<byte[], byte[]> pattern = member(surroundings.name("group848"));
                KafkaConsumer<byte[], byte[]> assignor =
                        member(surroundings.name("group848"), "group.remote.assignor", "nonsense")) {
            pattern.subscribe(new SubscriptionPattern("(unclosed"));
            assertThatThrownBy(() -> pollUntil(() -> false, pattern)).isInstanceOf(InvalidRegularExpression.class);
            assignor.subscribe(List.of(topic));
            assertThatThrownBy(() -> pollUntil(() -> false, assignor)).isInstanceOf(UnsupportedAssignorException.class);
        }
    }

    @Scenario(since = ClientVersion.V4_3_1)
    public void groupIsDescribedWithItsMembers() throws Exception {
        String topic = clients.topic("described848", 2);
        String group = surroundings.name("group848");
        try (KafkaConsumer<byte[], byte[]> consumer = member(group);
                Admin admin = clients.admin()) {
            consumer.subscribe(List.of(topic));
            pollUntil(() -> consumer.assignment().size() == 2, consumer);
            ConsumerGroupDescription found =
                    get(admin.describeConsumerGroups(List.of(group)).all()).get(group);
            assertThat(found.type()).isEqualTo(GroupType.CONSUMER);
            assertThat(found.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(found.partitionAssignor()).isEqualTo("uniform");
            assertThat(found.members()).hasSize(1);
            assertThat(found.members().iterator().next().assignment().topicPartitions())
                    .isEqualTo(consumer.assignment());
        }
    }

    @Scenario(since = ClientVersion.V4_3_1)
    public void groupMovesBetweenTheProtocols() throws Exception {
        String topic = clients.topic("migrate", 2);
        String group = surroundings.name("migrate");
        clients.send(topic, 0, 0, 10);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (KafkaConsumer<byte[], byte[]> classic = clients.member(group)) {
            classic.subscribe(List.of(topic));
            take(classic, 10);
            classic.commitSync(Map.of(partition, new OffsetAndMetadata(4)));
        }
        try (KafkaConsumer<byte[], byte[]> modern = member(group)) {
            modern.subscribe(List.of(topic));
            assertThat(number(take(modern, 1).get(0))).isEqualTo(4);
            modern.commitSync(Map.of(partition, new OffsetAndMetadata(8)));
        }
        try (KafkaConsumer<byte[], byte[]> classic = clients.member(group)) {
            classic.subscribe(List.of(topic));
            assertThat(number(take(classic, 1).get(0))).isEqualTo(8);
        }
    }

    /** KIP-848's online migration: a rolling bounce there, and one back, with somebody consuming all the time. */
    @Scenario(since = ClientVersion.V4_3_1)
    public void liveGroupIsUpgradedAndDowngraded() throws Exception {
        String topic = clients.topic("online", 4);
        String group = surroundings.name("online");
        try (Admin admin = clients.admin();
                KafkaConsumer<byte[], byte[]> classic = clients.member(group)) {
            classic.subscribe(List.of(topic));
            pollUntil(() -> classic.assignment().size() == 4, classic);
            try (KafkaConsumer<byte[], byte[]> modern = member(group, "client.rack", "rack")) {
                modern.subscribe(List.of(topic));
                pollUntil(() -> sizes(classic, modern, 2, 2), classic, modern);
                assertThat(all(classic, modern)).hasSize(4);
                assertThat(typeOf(admin, group)).isEqualTo(GroupType.CONSUMER);
                modern.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(0, "kept")));
            }
            pollUntil(() -> classic.assignment().size() == 4, classic);
            assertThat(typeOf(admin, group)).isEqualTo(GroupType.CLASSIC);
            assertThat(classic.committed(Set.of(new TopicPartition(topic, 0))))
                    .containsValue(new OffsetAndMetadata(0, "kept"));
        }
    }

    private static GroupType typeOf(Admin admin, String group) throws Exception {
        return get(admin.describeConsumerGroups(List.of(group)).all())
                .get(group)
                .type();
    }

    @Scenario(since = ClientVersion.V4_3_1)
    public void membersAreRemovedByAnAdministrator() throws Exception {
        String topic = clients.topic("removed848", 2);
        String group = surroundings.name("group848");
        try (Admin admin = clients.admin();
                KafkaConsumer<byte[], byte[]> named = member(group, "group.instance.id", "named");
                KafkaConsumer<byte[], byte[]> nameless = member(group)) {
            named.subscribe(List.of(topic));
            nameless.subscribe(List.of(topic));
            pollUntil(() -> sizes(named, nameless, 1, 1), named, nameless);
            get(admin.removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions())
                    .all());
            // Both are told at their next heartbeat that nobody knows them, and join again.
            pollUntil(() -> sizes(named, nameless, 1, 1), named, nameless);
            assertThat(all(named, nameless)).hasSize(2);
        }
    }
}
