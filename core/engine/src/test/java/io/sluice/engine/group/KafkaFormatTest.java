package io.sluice.engine.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.TopicPartition;
import io.sluice.engine.group.GroupRecord.ClassicProfile;
import io.sluice.engine.group.GroupRecord.ClassicSnapshot;
import io.sluice.engine.group.GroupRecord.GroupEpoch;
import io.sluice.engine.group.GroupRecord.MemberProfile;
import io.sluice.engine.group.GroupRecord.ResolvedRegex;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupCurrentMemberAssignmentKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupCurrentMemberAssignmentValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMemberMetadataKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMemberMetadataValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupPartitionMetadataKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupRegularExpressionKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupRegularExpressionValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupTargetAssignmentMemberKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupTargetAssignmentMemberValue;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupTargetAssignmentMetadataKey;
import org.apache.kafka.coordinator.group.generated.ConsumerGroupTargetAssignmentMetadataValue;
import org.apache.kafka.coordinator.group.generated.CoordinatorRecordType;
import org.apache.kafka.coordinator.group.generated.GroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our records as Kafka 4.3's own generated classes read them, and theirs as we do. */
class KafkaFormatTest {
    private static final UUID TOPIC = new UUID(0x1122334455667788L, 0x99AABBCCDDEEFF00L);
    private static final Uuid KAFKA_TOPIC = new Uuid(TOPIC.getMostSignificantBits(), TOPIC.getLeastSignificantBits());

    /** What Kafka reads from our record: key and value, each wholly used up. */
    private static <K extends ApiMessage, V extends ApiMessage> V kafkaReads(
            GroupRecord record, CoordinatorRecordType type, K key, V value) {
        CoordinatorRecord encoded = GroupRecordCodec.encode(record);
        ByteBuffer keyBytes = encoded.key().buffer();
        assertThat(keyBytes.getShort()).isEqualTo(type.id());
        key.read(new ByteBufferAccessor(keyBytes), (short) 0);
        assertThat(keyBytes.remaining()).isZero();
        ByteBuffer valueBytes = encoded.value().orElseThrow().buffer();
        short version = valueBytes.getShort();
        value.read(new ByteBufferAccessor(valueBytes), version);
        assertThat(valueBytes.remaining()).isZero();
        return value;
    }

    /** What we read of Kafka's record. */
    private static GroupRecord weRead(CoordinatorRecordType type, ApiMessage key, ApiMessage value, int version) {
        ByteBuffer keyBytes = MessageUtil.toCoordinatorTypePrefixedByteBuffer(withType(key, type));
        ByteBuffer valueBytes = MessageUtil.toVersionPrefixedByteBuffer((short) version, value);
        return GroupRecordCodec.decode(keyBytes, valueBytes).orElseThrow();
    }

    private static ApiMessage withType(ApiMessage key, CoordinatorRecordType type) {
        assertThat(key.apiKey()).isEqualTo(type.id());
        return key;
    }

    @Test
    void offsetIsTheSameBothWays() {
        CommittedOffset offset = new CommittedOffset(77, 4, "nöte", 1_000, OptionalLong.empty(), TOPIC);
        GroupRecord record = new GroupRecord.Offset("g", new TopicPartition("t", 3), Optional.of(offset));
        OffsetCommitKey key = new OffsetCommitKey();

        OffsetCommitValue value = kafkaReads(record, CoordinatorRecordType.OFFSET_COMMIT, key, new OffsetCommitValue());

        assertThat(key)
                .isEqualTo(new OffsetCommitKey().setGroup("g").setTopic("t").setPartition(3));
        assertThat(value)
                .isEqualTo(new OffsetCommitValue()
                        .setOffset(77)
                        .setLeaderEpoch(4)
                        .setMetadata("nöte")
                        .setCommitTimestamp(1_000)
                        .setTopicId(KAFKA_TOPIC));
        assertThat(weRead(CoordinatorRecordType.OFFSET_COMMIT, key, value, 4)).isEqualTo(record);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void everyVersionOfAnOffsetIsRead(int version) {
        OffsetCommitValue value =
                new OffsetCommitValue().setOffset(77).setMetadata("note").setCommitTimestamp(1_000);
        if (version == 1) {
            value.setExpireTimestamp(2_000);
        }
        OffsetCommitKey key = new OffsetCommitKey().setGroup("g").setTopic("t").setPartition(3);

        GroupRecord.Offset read = (GroupRecord.Offset) weRead(CoordinatorRecordType.OFFSET_COMMIT, key, value, version);

        OptionalLong expires = version == 1 ? OptionalLong.of(2_000) : OptionalLong.empty();
        assertThat(read.value())
                .contains(new CommittedOffset(77, -1, "note", 1_000, expires, CommittedOffset.NO_TOPIC_ID));
    }

    @Test
    void offsetWithItsOwnExpiryIsTheSameBothWays() {
        CommittedOffset offset =
                new CommittedOffset(7, -1, "", 1_000, OptionalLong.of(5_000), CommittedOffset.NO_TOPIC_ID);
        GroupRecord record = new GroupRecord.Offset("g", new TopicPartition("t", 3), Optional.of(offset));

        OffsetCommitValue value =
                kafkaReads(record, CoordinatorRecordType.OFFSET_COMMIT, new OffsetCommitKey(), new OffsetCommitValue());

        assertThat(value.expireTimestamp()).isEqualTo(5_000);
    }

    @Test
    void classicGroupIsTheSameBothWays() {
        ClassicSnapshot.Member member = new ClassicSnapshot.Member(
                "m",
                Optional.of("i"),
                new Client("c", "/h"),
                new JoinGroup.Timeouts(10, 20),
                Coordinator.bytes("s"),
                Coordinator.bytes("a"));
        ClassicSnapshot snapshot =
                new ClassicSnapshot("consumer", 5, Optional.of("range"), Optional.of("m"), 99, List.of(member));
        GroupRecord record = new GroupRecord.Classic("g", Optional.of(snapshot));
        GroupMetadataKey key = new GroupMetadataKey();

        GroupMetadataValue value =
                kafkaReads(record, CoordinatorRecordType.GROUP_METADATA, key, new GroupMetadataValue());

        assertThat(value.generation()).isEqualTo(5);
        assertThat(value.leader()).isEqualTo("m");
        assertThat(value.currentStateTimestamp()).isEqualTo(99);
        assertThat(value.members().get(0).groupInstanceId()).isEqualTo("i");
        assertThat(value.members().get(0).rebalanceTimeout()).isEqualTo(20);
        assertThat(value.members().get(0).sessionTimeout()).isEqualTo(10);
        assertThat(weRead(CoordinatorRecordType.GROUP_METADATA, key, value, 3)).isEqualTo(record);
        assertThat(weRead(CoordinatorRecordType.GROUP_METADATA, key, value, 4)).isEqualTo(record);
    }

    @Test
    void groupEpochIsTheSameBothWays() {
        GroupRecord record = new GroupRecord.Epoch("g", Optional.of(new GroupEpoch(9, 0x123456789L)));
        ConsumerGroupMetadataKey key = new ConsumerGroupMetadataKey();

        ConsumerGroupMetadataValue value = kafkaReads(
                record, CoordinatorRecordType.CONSUMER_GROUP_METADATA, key, new ConsumerGroupMetadataValue());

        assertThat(value).isEqualTo(new ConsumerGroupMetadataValue().setEpoch(9).setMetadataHash(0x123456789L));
        assertThat(weRead(CoordinatorRecordType.CONSUMER_GROUP_METADATA, key, value, 0))
                .isEqualTo(record);
    }

    @Test
    void memberIsTheSameBothWays() {
        ClassicProfile classic =
                new ClassicProfile(45_000, List.of(new JoinGroup.Protocol("range", Coordinator.bytes("x"))));
        for (Optional<ClassicProfile> speaks : List.of(Optional.<ClassicProfile>empty(), Optional.of(classic))) {
            MemberProfile profile = new MemberProfile(
                    Optional.of("i"),
                    Optional.empty(),
                    new Client("c", "/h"),
                    Set.of("b", "a"),
                    Optional.of("x.*"),
                    300,
                    Optional.of("range"),
                    speaks);
            GroupRecord record = new GroupRecord.Member("g", "m", Optional.of(profile));
            ConsumerGroupMemberMetadataKey key = new ConsumerGroupMemberMetadataKey();

            ConsumerGroupMemberMetadataValue value = kafkaReads(
                    record,
                    CoordinatorRecordType.CONSUMER_GROUP_MEMBER_METADATA,
                    key,
                    new ConsumerGroupMemberMetadataValue());

            assertThat(value.subscribedTopicNames()).containsExactly("a", "b");
            assertThat(value.subscribedTopicRegex()).isEqualTo("x.*");
            assertThat(value.classicMemberMetadata() != null).isEqualTo(speaks.isPresent());
            assertThat(weRead(CoordinatorRecordType.CONSUMER_GROUP_MEMBER_METADATA, key, value, 0))
                    .isEqualTo(record);
        }
    }

    @Test
    void targetIsTheSameBothWays() {
        GroupRecord epoch = new GroupRecord.TargetEpoch("g", OptionalInt.of(4));
        ConsumerGroupTargetAssignmentMetadataKey epochKey = new ConsumerGroupTargetAssignmentMetadataKey();
        ConsumerGroupTargetAssignmentMetadataValue epochValue = kafkaReads(
                epoch,
                CoordinatorRecordType.CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA,
                epochKey,
                new ConsumerGroupTargetAssignmentMetadataValue());
        GroupRecord target = new GroupRecord.Target("g", "m", Optional.of(Assignment.of(TOPIC, 3, 1)));
        ConsumerGroupTargetAssignmentMemberKey key = new ConsumerGroupTargetAssignmentMemberKey();

        ConsumerGroupTargetAssignmentMemberValue value = kafkaReads(
                target,
                CoordinatorRecordType.CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER,
                key,
                new ConsumerGroupTargetAssignmentMemberValue());

        assertThat(epochValue.assignmentEpoch()).isEqualTo(4);
        assertThat(value.topicPartitions().get(0).topicId()).isEqualTo(KAFKA_TOPIC);
        assertThat(value.topicPartitions().get(0).partitions()).containsExactly(1, 3);
        assertThat(weRead(CoordinatorRecordType.CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA, epochKey, epochValue, 0))
                .isEqualTo(epoch);
        assertThat(weRead(CoordinatorRecordType.CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER, key, value, 0))
                .isEqualTo(target);
    }

    @Test
    void currentAssignmentIsTheSameBothWays() {
        TreeMap<Integer, Assignment> since = new TreeMap<>();
        since.put(2, Assignment.of(TOPIC, 0, 7));
        since.put(5, Assignment.of(TOPIC, 1));
        Holding holding =
                new Holding(5, 4, Holding.State.UNREVOKED, Assignment.of(TOPIC, 0, 1), Assignment.of(TOPIC, 7), since);
        GroupRecord record = new GroupRecord.Current("g", "m", Optional.of(holding));
        ConsumerGroupCurrentMemberAssignmentKey key = new ConsumerGroupCurrentMemberAssignmentKey();

        ConsumerGroupCurrentMemberAssignmentValue value = kafkaReads(
                record,
                CoordinatorRecordType.CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT,
                key,
                new ConsumerGroupCurrentMemberAssignmentValue());

        assertThat(value.memberEpoch()).isEqualTo(5);
        assertThat(value.previousMemberEpoch()).isEqualTo(4);
        assertThat(value.state()).isEqualTo((byte) 1);
        assertThat(value.assignedPartitions().get(0).assignmentEpochs()).containsExactly(2, 5);
        assertThat(value.partitionsPendingRevocation().get(0).assignmentEpochs())
                .containsExactly(2);
        assertThat(weRead(CoordinatorRecordType.CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT, key, value, 0))
                .isEqualTo(record);
    }

    @Test
    void expressionIsTheSameBothWays() {
        GroupRecord record =
                new GroupRecord.Regex("g", "a.*", Optional.of(new ResolvedRegex(Set.of("ab", "aa"), 3, 4)));
        ConsumerGroupRegularExpressionKey key = new ConsumerGroupRegularExpressionKey();

        ConsumerGroupRegularExpressionValue value = kafkaReads(
                record,
                CoordinatorRecordType.CONSUMER_GROUP_REGULAR_EXPRESSION,
                key,
                new ConsumerGroupRegularExpressionValue());

        assertThat(value.topics()).containsExactly("aa", "ab");
        assertThat(weRead(CoordinatorRecordType.CONSUMER_GROUP_REGULAR_EXPRESSION, key, value, 0))
                .isEqualTo(record);
    }

    @Test
    void kindsThatWeDoNotUseArePassedOver() {
        ByteBuffer topics = MessageUtil.toCoordinatorTypePrefixedByteBuffer(
                new ConsumerGroupPartitionMetadataKey().setGroupId("g"));
        ByteBuffer future =
                ByteBuffer.allocate(6).putShort((short) 900).putInt(1).flip();

        assertThat(GroupRecordCodec.decode(topics, null)).isEmpty();
        assertThat(GroupRecordCodec.decode(future, null)).isEmpty();
    }
}
