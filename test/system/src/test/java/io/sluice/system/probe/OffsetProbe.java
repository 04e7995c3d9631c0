package io.sluice.system.probe;

import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_COMMIT;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_DELETE;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_FETCH;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;

/** Offsets of groups of both protocols: committed, fetched, deleted. */
final class OffsetProbe {
    private static final String UNKNOWN = "member-nobody-knows";
    private static final int BY_ID_FROM = 10;
    private static final int BATCHED_FROM = 8;

    private final Probe probe;
    private final GroupFixtures groups;

    private OffsetProbe(Probe probe) throws IOException {
        this.probe = probe;
        this.groups = new GroupFixtures(probe);
    }

    static void run(Probe probe) throws IOException {
        OffsetProbe asks = new OffsetProbe(probe);
        asks.commit();
        asks.commitByMembers();
        asks.fetch();
        asks.delete();
    }

    private void commit() throws IOException {
        probe.each("new group", OFFSET_COMMIT, (v, name) -> commit(v, name, "", -1));
        probe.each("empty group id", OFFSET_COMMIT, (v, name) -> commit(v, "", "", -1));
        probe.each("generation of an unknown group", OFFSET_COMMIT, (v, name) -> commit(v, name, "", 3));
        probe.each("member of an unknown group", OFFSET_COMMIT, (v, name) -> commit(v, name, UNKNOWN, -1));
        probe.each(
                "no topics", OFFSET_COMMIT, (v, name) -> commit(v, name, "", -1).setTopics(List.of()));
        probe.each("no partitions", OFFSET_COMMIT, (v, name) -> commit(v, name, "", -1)
                .setTopics(List.of(topic(v, List.of()))));
        probe.each("negative offset", OFFSET_COMMIT, (v, name) -> at(v, name, 0, -7, ""));
        probe.each("unknown partition", OFFSET_COMMIT, (v, name) -> at(v, name, 9, 5, ""));
        probe.each("negative partition", OFFSET_COMMIT, (v, name) -> at(v, name, -1, 5, ""));
        probe.each("no metadata", OFFSET_COMMIT, (v, name) -> at(v, name, 0, 5, null));
        probe.each("metadata too long", OFFSET_COMMIT, (v, name) -> at(v, name, 0, 5, "m".repeat(5000)));
        probe.each("unknown topic", OFFSET_COMMIT, (v, name) -> commit(v, name, "", -1)
                .setTopics(List.of(unknownTopic(v))));
        probe.each("twice the same partition", OFFSET_COMMIT, (v, name) -> commit(v, name, "", -1)
                .setTopics(List.of(topic(v, List.of(partition(0, 5, ""), partition(0, 6, ""))))));
        probe.each("retention asked for", OFFSET_COMMIT, (v, name) -> commit(v, name, "", -1)
                .setRetentionTimeMs(5000));
    }

    private void commitByMembers() throws IOException {
        GroupFixtures.Member stable = groups.stable();
        String group = stable.group();
        probe.each("member", OFFSET_COMMIT, (v, name) -> commit(v, group, stable.id(), stable.epoch()));
        probe.each("nobody, into a stable group", OFFSET_COMMIT, (v, name) -> commit(v, group, "", -1));
        probe.each("unknown member", OFFSET_COMMIT, (v, name) -> commit(v, group, UNKNOWN, stable.epoch()));
        probe.each("older generation", OFFSET_COMMIT, (v, name) -> commit(v, group, stable.id(), 0));
        probe.each("later generation", OFFSET_COMMIT, (v, name) -> commit(v, group, stable.id(), 9));
        probe.each("member without generation", OFFSET_COMMIT, (v, name) -> commit(v, group, stable.id(), -1));
        probe.each("unknown instance", OFFSET_COMMIT, (v, name) -> commit(v, group, stable.id(), stable.epoch())
                .setGroupInstanceId("i"));
        GroupFixtures.Member instance = groups.stableInstance("instance");
        probe.each("instance with another member id", OFFSET_COMMIT, (v, name) -> commit(
                        v, instance.group(), UNKNOWN, instance.epoch())
                .setGroupInstanceId("instance"));
        String empty = groups.empty();
        probe.each("nobody, into an empty group", OFFSET_COMMIT, (v, name) -> commit(v, empty, "", -1));
        probe.each("a member, into an empty group", OFFSET_COMMIT, (v, name) -> commit(v, empty, UNKNOWN, 1));
        GroupFixtures.Member consumer = groups.consumers();
        String consumers = consumer.group();
        probe.each(
                "consumer member", OFFSET_COMMIT, (v, name) -> commit(v, consumers, consumer.id(), consumer.epoch()));
        probe.each("consumer member, later epoch", OFFSET_COMMIT, (v, name) -> commit(v, consumers, consumer.id(), 99));
        probe.each("consumer member, epoch 0", OFFSET_COMMIT, (v, name) -> commit(v, consumers, consumer.id(), 0));
        probe.each("consumer member, no epoch", OFFSET_COMMIT, (v, name) -> commit(v, consumers, consumer.id(), -1));
        probe.each("unknown consumer member", OFFSET_COMMIT, (v, name) -> commit(v, consumers, UNKNOWN, 1));
        probe.each("nobody, into a consumer group", OFFSET_COMMIT, (v, name) -> commit(v, consumers, "", -1));
    }

    private OffsetCommitRequestData commit(short version, String group, String member, int epoch) {
        return new OffsetCommitRequestData()
                .setGroupId(group)
                .setMemberId(member)
                .setGenerationIdOrMemberEpoch(epoch)
                .setTopics(List.of(topic(version, List.of(partition(0, 5, "note")))));
    }

    private OffsetCommitRequestData at(short version, String group, int partition, long offset, String metadata) {
        return commit(version, group, "", -1)
                .setTopics(List.of(topic(version, List.of(partition(partition, offset, metadata)))));
    }

    private OffsetCommitRequestTopic topic(short version, List<OffsetCommitRequestPartition> partitions) {
        OffsetCommitRequestTopic topic = new OffsetCommitRequestTopic().setPartitions(partitions);
        return version < BY_ID_FROM ? topic.setName(groups.topic()) : topic.setTopicId(groups.topicId());
    }

    private static OffsetCommitRequestTopic unknownTopic(short version) {
        OffsetCommitRequestTopic topic = new OffsetCommitRequestTopic().setPartitions(List.of(partition(0, 5, "")));
        return version < BY_ID_FROM ? topic.setName("nosuchtopic") : topic.setTopicId(new Uuid(1, 2));
    }

    private static OffsetCommitRequestPartition partition(int index, long offset, String metadata) {
        return new OffsetCommitRequestPartition()
                .setPartitionIndex(index)
                .setCommittedOffset(offset)
                .setCommittedMetadata(metadata);
    }

    private void fetch() throws IOException {
        String offsets = groups.offsetsOnly();
        probe.each("committed", OFFSET_FETCH, (v, name) -> fetch(v, offsets, List.of(0)));
        probe.each("never committed", OFFSET_FETCH, (v, name) -> fetch(v, offsets, List.of(1)));
        probe.each("unknown partition", OFFSET_FETCH, (v, name) -> fetch(v, offsets, List.of(9)));
        probe.each("no partitions", OFFSET_FETCH, (v, name) -> fetch(v, offsets, List.of()));
        probe.each("all topics", OFFSET_FETCH, (v, name) -> fetch(v, offsets, null));
        probe.each("all topics of an unknown group", OFFSET_FETCH, (v, name) -> fetch(v, name, null));
        probe.each("unknown group", OFFSET_FETCH, (v, name) -> fetch(v, name, List.of(0)));
        probe.each("empty group id", OFFSET_FETCH, (v, name) -> fetch(v, "", List.of(0)));
        probe.each("unknown topic", OFFSET_FETCH, (v, name) -> fetchUnknownTopic(v, offsets));
        probe.each("stable", OFFSET_FETCH, (v, name) -> fetch(v, offsets, List.of(0))
                .setRequireStable(true));
        probe.each(
                "no groups",
                OFFSET_FETCH,
                (v, name) -> v < BATCHED_FROM ? fetch(v, name, List.of()) : new OffsetFetchRequestData());
        String stable = groups.stable().group();
        probe.each("unknown member of a classic group", OFFSET_FETCH, (v, name) -> by(v, stable, UNKNOWN, 4));
        probe.each("member of an unknown group", OFFSET_FETCH, (v, name) -> by(v, name, UNKNOWN, 4));
        GroupFixtures.Member consumer = groups.consumers();
        String group = consumer.group();
        probe.each("nobody, of a consumer group", OFFSET_FETCH, (v, name) -> fetch(v, group, List.of(0)));
        probe.each("consumer member", OFFSET_FETCH, (v, name) -> by(v, group, consumer.id(), consumer.epoch()));
        probe.each("consumer member, later epoch", OFFSET_FETCH, (v, name) -> by(v, group, consumer.id(), 99));
        probe.each("consumer member, epoch 0", OFFSET_FETCH, (v, name) -> by(v, group, consumer.id(), 0));
        probe.each("consumer member, no epoch", OFFSET_FETCH, (v, name) -> by(v, group, consumer.id(), -1));
        probe.each("unknown consumer member", OFFSET_FETCH, (v, name) -> by(v, group, UNKNOWN, 1));
        probe.each("epoch without member", OFFSET_FETCH, (v, name) -> by(v, group, null, 1));
        probe.each("empty member id", OFFSET_FETCH, (v, name) -> by(v, group, "", -1));
    }

    private OffsetFetchRequestData fetch(short version, String group, List<Integer> partitions) {
        if (version < BATCHED_FROM) {
            return new OffsetFetchRequestData()
                    .setGroupId(group)
                    .setTopics(
                            partitions == null
                                    ? null
                                    : List.of(new OffsetFetchRequestTopic()
                                            .setName(groups.topic())
                                            .setPartitionIndexes(partitions)));
        }
        return new OffsetFetchRequestData().setGroups(List.of(batched(version, group, partitions)));
    }

    private OffsetFetchRequestGroup batched(short version, String group, List<Integer> partitions) {
        OffsetFetchRequestGroup asked = new OffsetFetchRequestGroup().setGroupId(group);
        if (partitions == null) {
            return asked.setTopics(null);
        }
        OffsetFetchRequestTopics topic = new OffsetFetchRequestTopics().setPartitionIndexes(partitions);
        return asked.setTopics(
                List.of(version < BY_ID_FROM ? topic.setName(groups.topic()) : topic.setTopicId(groups.topicId())));
    }

    private static OffsetFetchRequestData fetchUnknownTopic(short version, String group) {
        if (version < BATCHED_FROM) {
            return new OffsetFetchRequestData()
                    .setGroupId(group)
                    .setTopics(List.of(
                            new OffsetFetchRequestTopic().setName("nosuchtopic").setPartitionIndexes(List.of(0))));
        }
        OffsetFetchRequestTopics topic = new OffsetFetchRequestTopics().setPartitionIndexes(List.of(0));
        return new OffsetFetchRequestData()
                .setGroups(List.of(new OffsetFetchRequestGroup()
                        .setGroupId(group)
                        .setTopics(List.of(
                                version < BY_ID_FROM
                                        ? topic.setName("nosuchtopic")
                                        : topic.setTopicId(new Uuid(1, 2))))));
    }

    private OffsetFetchRequestData by(short version, String group, String member, int epoch) {
        OffsetFetchRequestGroup asked = batched(version, group, List.of(0));
        return new OffsetFetchRequestData()
                .setGroups(List.of(asked.setMemberId(member).setMemberEpoch(epoch)));
    }

    private void delete() throws IOException {
        probe.each("unknown group", OFFSET_DELETE, (v, name) -> delete(name, groups.topic(), 0));
        probe.each("empty group id", OFFSET_DELETE, (v, name) -> delete("", groups.topic(), 0));
        probe.each("offset", OFFSET_DELETE, (v, name) -> delete(groups.offsetsOnly(), groups.topic(), 0));
        probe.each("never committed", OFFSET_DELETE, (v, name) -> delete(groups.offsetsOnly(), groups.topic(), 1));
        probe.each("unknown partition", OFFSET_DELETE, (v, name) -> delete(groups.offsetsOnly(), groups.topic(), 9));
        probe.each("unknown topic", OFFSET_DELETE, (v, name) -> delete(groups.offsetsOnly(), "nosuchtopic", 0));
        probe.each("no topics", OFFSET_DELETE, (v, name) -> new OffsetDeleteRequestData()
                .setGroupId(groups.offsetsOnly()));
        probe.each("no topics of an unknown group", OFFSET_DELETE, (v, name) -> new OffsetDeleteRequestData()
                .setGroupId(name));
        String stable = groups.stable().group();
        probe.each("subscribed topic", OFFSET_DELETE, (v, name) -> delete(stable, groups.topic(), 0));
        String consumers = groups.consumers().group();
        probe.each("topic of a consumer group", OFFSET_DELETE, (v, name) -> delete(consumers, groups.topic(), 0));
        probe.each("all members left", OFFSET_DELETE, (v, name) -> delete(groups.empty(), groups.topic(), 0));
    }

    private static OffsetDeleteRequestData delete(String group, String topic, int partition) {
        return new OffsetDeleteRequestData()
                .setGroupId(group)
                .setTopics(new OffsetDeleteRequestTopicCollection(List.of(new OffsetDeleteRequestTopic()
                                .setName(topic)
                                .setPartitions(
                                        List.of(new OffsetDeleteRequestPartition().setPartitionIndex(partition))))
                        .iterator()));
    }
}
