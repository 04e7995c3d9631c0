package io.sluice.engine.group;

import static io.sluice.engine.group.Coordinator.GROUP;
import static io.sluice.engine.group.Coordinator.partition;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.TopicPartition;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OffsetsTest {
    private final Coordinator broker = new Coordinator();

    @Test
    void commitKeepsMetadataLeaderEpochAndTopicId() {
        UUID topicId = new UUID(1, 2);
        commit(new OffsetCommit.Offset(partition(0), topicId, 77, 4, "note"));
        broker.restart();

        CommittedOffset found =
                Objects.requireNonNull(broker.now(broker.fetch()).offsets().get(partition(0)));

        assertThat(found.offset()).isEqualTo(77);
        assertThat(found.leaderEpoch()).isEqualTo(4);
        assertThat(found.metadata()).isEqualTo("note");
        assertThat(found.topicId()).isEqualTo(topicId);
        assertThat(found.commitTimestampMs()).isEqualTo(broker.loop.clock().wallMs());
    }

    /** The topic may have been deleted while nobody coordinated the group. */
    @Test
    void offsetOfADeletedTopicIsNotThatOfItsSuccessor() {
        broker.topic("t", 2);
        UUID present = broker.current().find("t").orElseThrow().id();
        commit(
                new OffsetCommit.Offset(partition(0), new UUID(1, 2), 77, 4, ""),
                new OffsetCommit.Offset(partition(1), present, 5, 0, ""));

        assertThat(broker.committed(0)).isEqualTo(-1);
        assertThat(broker.committed(1)).isEqualTo(5);
    }

    @Test
    void metadataBeyondItsBoundIsRefusedForThatPartitionOnly() {
        OffsetCommit.Response response = commit(
                new OffsetCommit.Offset(partition(0), CommittedOffset.NO_TOPIC_ID, 1, -1, "x".repeat(4_097)),
                new OffsetCommit.Offset(partition(1), CommittedOffset.NO_TOPIC_ID, 1, -1, "x".repeat(4_096)));

        assertThat(response.of(partition(0))).isEqualTo(GroupError.OFFSET_METADATA_TOO_LARGE);
        assertThat(response.of(partition(1))).isEqualTo(GroupError.NONE);
        assertThat(broker.committed(0)).isEqualTo(-1);
    }

    @Test
    void fetchOfSomePartitionsTellsThoseOnly() {
        broker.commitOutside(0, 1);
        broker.commitOutside(1, 2);

        OffsetFetch.Response response = broker.now(broker.groups.fetchOffsets(new OffsetFetch.Request(
                GROUP, Optional.empty(), -1, Optional.of(List.of(partition(1), partition(2))))));

        assertThat(response.offsets()).containsOnlyKeys(partition(1));
    }

    @Test
    void fetchOfUnknownGroupFindsNothing() {
        OffsetFetch.Response response = broker.now(broker.fetch());

        assertThat(response.error()).isEqualTo(GroupError.NONE);
        assertThat(response.offsets()).isEmpty();
    }

    @Test
    void deleteOfSubscribedTopicIsRefused() {
        JoinGroup.Response member = broker.soleMember();
        broker.commitNow(MemberRef.dynamic(GROUP, member.memberId()), 1, 0, 5);
        TopicPartition other = new TopicPartition("other", 0);

        OffsetDelete.Response response =
                broker.now(broker.groups.deleteOffsets(new OffsetDelete.Request(GROUP, List.of(partition(0), other))));

        assertThat(response.partitions())
                .containsEntry(partition(0), GroupError.GROUP_SUBSCRIBED_TO_TOPIC)
                .containsEntry(other, GroupError.NONE);
        assertThat(broker.committed(0)).isEqualTo(5);
    }

    @Test
    void deletedTopicTakesItsOffsetsAlong() {
        broker.topic("t", 2);
        broker.commitOutside(0, 5);

        broker.deleteTopic("t");
        broker.restart();

        assertThat(broker.committed(0)).isEqualTo(-1);
    }

    @Test
    void expiryTakesBackManyOffsetsInSteps() {
        for (int group = 0; group < 1_100; group++) {
            broker.log.write(new GroupRecord.Offset("group-" + group, partition(0), Optional.of(old(1_000))), 1_000);
        }
        for (int index = 0; index < 2_500; index++) {
            broker.log.write(new GroupRecord.Offset(GROUP, partition(index), Optional.of(old(1_000))), 1_000);
        }
        long fresh = broker.loop.clock().wallMs();
        broker.log.write(new GroupRecord.Offset("zebra", partition(0), Optional.of(old(fresh))), fresh);
        broker.restart();

        broker.loop.advanceMs(GroupConfig.Offsets.DEFAULTS.retentionCheckIntervalMs() + 100);

        assertThat(broker.now(broker.groups.listGroups(new ListGroups.Request(Set.of(), Set.of())))
                        .groups())
                .extracting(ListGroups.Listed::groupId)
                .containsExactly("zebra");
    }

    private static CommittedOffset old(long atMs) {
        return new CommittedOffset(1, -1, "", atMs, OptionalLong.empty(), CommittedOffset.NO_TOPIC_ID);
    }

    @Test
    void groupFallsIntoTheShardThatKafkasFormulaNames() {
        assertThat(Groups.partitionFor("console-consumer-1", 50))
                .isEqualTo(("console-consumer-1".hashCode() & Integer.MAX_VALUE) % 50);
        assertThat(Groups.partitionFor("polygenelubricants", 50)).isZero();
    }

    private OffsetCommit.Response commit(OffsetCommit.Offset... offsets) {
        return broker.now(broker.groups.commitOffsets(new OffsetCommit.Request(
                MemberRef.dynamic(GROUP, ""), -1, true, OptionalLong.empty(), List.of(offsets))));
    }
}
