package io.sluice.system.scenario;

import static io.sluice.system.scenario.Clients.get;
import static io.sluice.system.scenario.Clients.partitions;
import static io.sluice.system.scenario.Clients.pollUntil;
import static io.sluice.system.scenario.Clients.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.system.clients.ClientVersion;
import io.sluice.system.clients.Scenario;
import io.sluice.system.clients.Surroundings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ConsumerGroupListing;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.awaitility.Awaitility;

/** Groups through the admin client. */
public class GroupAdminScenarios {
    private final Surroundings surroundings;
    private final Clients clients;

    public GroupAdminScenarios(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.clients = new Clients(surroundings);
    }

    @Scenario
    public void liveGroupIsListedAndDescribed() throws Exception {
        String topic = clients.topic("live", 2);
        String group = surroundings.name("live-group");
        try (KafkaConsumer<byte[], byte[]> consumer = clients.member(group, "client.id", "my-client");
                Admin admin = clients.admin()) {
            consumer.subscribe(List.of(topic));
            pollUntil(() -> consumer.assignment().size() == 2, consumer);
            assertThat(get(admin.listConsumerGroups().all()))
                    .extracting(ConsumerGroupListing::groupId)
                    .contains(group);
            ConsumerGroupDescription found = describe(admin, group);
            assertThat(found.isSimpleConsumerGroup()).isFalse();
            assertThat(found.partitionAssignor()).isEqualTo("range");
            assertThat(found.members()).hasSize(1);
            var member = found.members().iterator().next();
            assertThat(member.clientId()).isEqualTo("my-client");
            assertThat(member.host()).contains("127.0.0.1");
            assertThat(member.assignment().topicPartitions()).isEqualTo(Set.copyOf(partitions(topic, 2)));
            assertThat(found.coordinator().isEmpty()).isFalse();
        }
    }

    private static ConsumerGroupDescription describe(Admin admin, String group) throws Exception {
        return get(admin.describeConsumerGroups(List.of(group)).all()).get(group);
    }

    @Scenario
    public void emptyGroupIsDeletedAndALiveOneIsNot() throws Exception {
        String topic = clients.topic("delete", 1);
        String group = surroundings.name("delete-group");
        clients.send(topic, 0, 0, 5);
        try (Admin admin = clients.admin()) {
            try (KafkaConsumer<byte[], byte[]> consumer = clients.member(group)) {
                consumer.subscribe(List.of(topic));
                take(consumer, 5);
                consumer.commitSync();
                assertThatThrownBy(() ->
                                get(admin.deleteConsumerGroups(List.of(group)).all()))
                        .isInstanceOf(GroupNotEmptyException.class);
            }
            deleteGroup(admin, group);
            assertThat(get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()))
                    .isEmpty();
            assertThatThrownBy(
                            () -> get(admin.deleteConsumerGroups(List.of(group)).all()))
                    .isInstanceOf(GroupIdNotFoundException.class);
        }
    }

    /**
     * Where a coordinator stops, an answer may be lost with it, and the client asks again for what is done. It may also not
     * hear the last member leave, which is missed when its session ends.
     */
    private void deleteGroup(Admin admin, String group) throws Exception {
        if (!surroundings.calm()) {
            Awaitility.await()
                    .atMost(Clients.PATIENCE)
                    .until(() -> describe(admin, group).members().isEmpty());
        }
        try {
            get(admin.deleteConsumerGroups(List.of(group)).all());
        } catch (GroupIdNotFoundException e) {
            if (surroundings.calm()) {
                throw e;
            }
        }
    }

    @Scenario
    public void offsetsAreListedAlteredAndDeleted() throws Exception {
        String topic = clients.topic("offsets", 2);
        String group = surroundings.name("offsets-group");
        TopicPartition zero = new TopicPartition(topic, 0);
        TopicPartition one = new TopicPartition(topic, 1);
        try (Admin admin = clients.admin()) {
            get(admin.alterConsumerGroupOffsets(
                            group, Map.of(zero, new OffsetAndMetadata(5, "m"), one, new OffsetAndMetadata(6)))
                    .all());
            Map<TopicPartition, OffsetAndMetadata> found =
                    get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
            assertThat(found.get(zero)).isEqualTo(new OffsetAndMetadata(5, "m"));
            assertThat(found.get(one).offset()).isEqualTo(6);
            get(admin.deleteConsumerGroupOffsets(group, Set.of(zero)).all());
            assertThat(get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()))
                    .containsOnlyKeys(one);
        }
        try (KafkaConsumer<byte[], byte[]> consumer = clients.member(group)) {
            assertThat(consumer.committed(Set.of(zero)).get(zero)).isNull();
            assertThat(consumer.committed(Set.of(one)).get(one).offset()).isEqualTo(6);
        }
    }

    @Scenario
    public void offsetsOfALiveGroupAreProtected() throws Exception {
        String topic = clients.topic("protected", 1);
        String group = surroundings.name("protected-group");
        TopicPartition partition = new TopicPartition(topic, 0);
        clients.send(topic, 0, 0, 5);
        try (KafkaConsumer<byte[], byte[]> consumer = clients.member(group);
                Admin admin = clients.admin()) {
            consumer.subscribe(List.of(topic));
            take(consumer, 5);
            consumer.commitSync();
            assertThatThrownBy(() ->
                            get(admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(0)))
                                    .all()))
                    .isInstanceOf(UnknownMemberIdException.class);
            assertThatThrownBy(() -> get(admin.deleteConsumerGroupOffsets(group, Set.of(partition))
                            .all()))
                    .isInstanceOf(GroupSubscribedToTopicException.class);
            assertThat(consumer.committed(Set.of(partition)).get(partition).offset())
                    .isEqualTo(5);
        }
    }

    @Scenario
    public void staticMemberIsRemovedByAnAdministrator() throws Exception {
        String topic = clients.topic("remove", 1);
        String group = surroundings.name("remove-group");
        try (Admin admin = clients.admin()) {
            try (KafkaConsumer<byte[], byte[]> consumer =
                    clients.member(group, "group.instance.id", "gone", "session.timeout.ms", "30000")) {
                consumer.subscribe(List.of(topic));
                pollUntil(() -> consumer.assignment().size() == 1, consumer);
            }
            assertThat(describe(admin, group).members()).hasSize(1);
            get(admin.removeMembersFromConsumerGroup(
                            group, new RemoveMembersFromConsumerGroupOptions(Set.of(new MemberToRemove("gone"))))
                    .all());
            assertThat(describe(admin, group).members()).isEmpty();
        }
    }

    /** Clients before 4.0 see a group that is not there as a dead one. */
    @Scenario(until = ClientVersion.V3_9_2)
    public void unknownGroupIsDead() throws Exception {
        try (Admin admin = clients.admin()) {
            ConsumerGroupDescription found = describe(admin, surroundings.name("nobody"));
            assertThat(found.state()).hasToString("Dead");
            assertThat(found.members()).isEmpty();
        }
    }

    @Scenario(since = ClientVersion.V4_3_1)
    public void unknownGroupIsNotFound() throws Exception {
        try (Admin admin = clients.admin()) {
            assertThatThrownBy(() -> describe(admin, surroundings.name("nobody")))
                    .isInstanceOf(GroupIdNotFoundException.class);
        }
    }
}
