package io.sluice.system.probe;

import static org.apache.kafka.common.protocol.ApiKeys.DELETE_RECORDS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_LOG_DIRS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_PRODUCERS;
import static org.apache.kafka.common.protocol.ApiKeys.INIT_PRODUCER_ID;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_OFFSETS;
import static org.apache.kafka.common.protocol.ApiKeys.OFFSET_FOR_LEADER_EPOCH;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopicCollection;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection;

/** What is asked about the log of a partition: offsets, epochs, producers, folders; and what is cut off at its start. */
final class LogProbe {
    private static final long TOMORROW = 4_000_000_000_000L;

    private final Probe probe;
    private final TopicFixtures topics;

    private LogProbe(Probe probe) {
        this.probe = probe;
        this.topics = new TopicFixtures(probe);
    }

    static void run(Probe probe) throws IOException {
        LogProbe asks = new LogProbe(probe);
        asks.listOffsets();
        asks.deleteRecords();
        asks.leaderEpochs();
        asks.producers();
        asks.producerIds();
        asks.folders();
    }

    private void listOffsets() throws IOException {
        String topic = topics.create(2);
        topics.append(topic, 1_000, 3_000, 2_000, 3_000, 2_500);
        for (long timestamp : List.of(-1L, -2L, -3L, -4L, -5L, -6L, -7L, 0L, 1_000L, 1_001L, 3_000L, TOMORROW)) {
            probe.each("timestamp " + timestamp, LIST_OFFSETS, offsets(topic, 0, timestamp, -1));
            probe.each("empty partition, timestamp " + timestamp, LIST_OFFSETS, offsets(topic, 1, timestamp, -1));
        }
        probe.each("unknown topic", LIST_OFFSETS, (v, name) -> offsets(name, 0, -1, -1));
        probe.each("illegal topic name", LIST_OFFSETS, offsets("no/such", 0, -1, -1));
        probe.each("unknown partition", LIST_OFFSETS, offsets(topic, 9, -1, -1));
        probe.each("later leader epoch", LIST_OFFSETS, offsets(topic, 0, -1, 99));
        probe.each("leader epoch 0", LIST_OFFSETS, offsets(topic, 0, -1, 0));
        probe.each("read committed", LIST_OFFSETS, offsets(topic, 0, -1, -1).setIsolationLevel((byte) 1));
        probe.each("debugging consumer", LIST_OFFSETS, offsets(topic, 0, -1, -1).setReplicaId(-2));
        probe.each("a partition twice", LIST_OFFSETS, (v, name) -> {
            ListOffsetsRequestData request = offsets(topic, 0, -1, -1);
            ListOffsetsPartition again = request.topics().get(0).partitions().get(0);
            request.topics().get(0).setPartitions(List.of(again, again.duplicate()));
            return request;
        });
        probe.each("nothing", LIST_OFFSETS, new ListOffsetsRequestData().setReplicaId(-1));
    }

    private static ListOffsetsRequestData offsets(String topic, int partition, long timestamp, int epoch) {
        return new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsTopic()
                        .setName(topic)
                        .setPartitions(List.of(new ListOffsetsPartition()
                                .setPartitionIndex(partition)
                                .setTimestamp(timestamp)
                                .setCurrentLeaderEpoch(epoch)))));
    }

    private void deleteRecords() throws IOException {
        String topic = topics.create(1);
        topics.append(topic, 1, 2, 3, 4, 5);
        probe.each("before the start", DELETE_RECORDS, delete(topic, 0, 0));
        probe.each("two", DELETE_RECORDS, delete(topic, 0, 2));
        probe.each("fewer than before", DELETE_RECORDS, delete(topic, 0, 1));
        probe.each("beyond the end", DELETE_RECORDS, delete(topic, 0, 99));
        probe.each("negative", DELETE_RECORDS, delete(topic, 0, -7));
        probe.each("all", DELETE_RECORDS, delete(topic, 0, -1));
        probe.each("earliest of none", LIST_OFFSETS, offsets(topic, 0, -2, -1));
        probe.each("latest timestamp of none", LIST_OFFSETS, offsets(topic, 0, -3, -1));
        probe.each("unknown topic", DELETE_RECORDS, (v, name) -> delete(name, 0, 1));
        probe.each("unknown partition", DELETE_RECORDS, delete(topic, 9, 1));
        probe.each("internal topic", DELETE_RECORDS, delete("__consumer_offsets", 0, 0));
        probe.each("nothing", DELETE_RECORDS, new DeleteRecordsRequestData().setTimeoutMs(1_000));
        String compacted = topics.createCompacted();
        probe.each("compacted topic", DELETE_RECORDS, delete(compacted, 0, 0));
    }

    private static DeleteRecordsRequestData delete(String topic, int partition, long offset) {
        return new DeleteRecordsRequestData()
                .setTimeoutMs(5_000)
                .setTopics(List.of(new DeleteRecordsTopic()
                        .setName(topic)
                        .setPartitions(List.of(new DeleteRecordsPartition()
                                .setPartitionIndex(partition)
                                .setOffset(offset)))));
    }

    private void leaderEpochs() throws IOException {
        String topic = topics.create(2);
        topics.append(topic, 1, 2, 3);
        probe.each("epoch 0", OFFSET_FOR_LEADER_EPOCH, epoch(topic, 0, 0, -1));
        probe.each("empty partition, epoch 0", OFFSET_FOR_LEADER_EPOCH, epoch(topic, 1, 0, -1));
        probe.each("epoch -1", OFFSET_FOR_LEADER_EPOCH, epoch(topic, 0, -1, -1));
        probe.each("later epoch", OFFSET_FOR_LEADER_EPOCH, epoch(topic, 0, 50, -1));
        probe.each("leader epoch ahead", OFFSET_FOR_LEADER_EPOCH, epoch(topic, 0, 0, 50));
        probe.each("leader epoch now", OFFSET_FOR_LEADER_EPOCH, epoch(topic, 0, 0, 0));
        probe.each("unknown topic", OFFSET_FOR_LEADER_EPOCH, (v, name) -> epoch(name, 0, 0, -1));
        probe.each("unknown partition", OFFSET_FOR_LEADER_EPOCH, epoch(topic, 9, 0, -1));
        probe.each("nothing", OFFSET_FOR_LEADER_EPOCH, new OffsetForLeaderEpochRequestData().setReplicaId(-2));
    }

    private static OffsetForLeaderEpochRequestData epoch(String topic, int partition, int epoch, int current) {
        return new OffsetForLeaderEpochRequestData()
                .setReplicaId(-2)
                .setTopics(new OffsetForLeaderTopicCollection(List.of(new OffsetForLeaderTopic()
                                .setTopic(topic)
                                .setPartitions(List.of(new OffsetForLeaderPartition()
                                        .setPartition(partition)
                                        .setLeaderEpoch(epoch)
                                        .setCurrentLeaderEpoch(current))))
                        .iterator()));
    }

    private void producers() throws IOException {
        String topic = topics.create(2);
        InitProducerIdResponseData id = GroupFixtures.awaitLoaded(
                () -> probe.ask(INIT_PRODUCER_ID, init(-1, -1)), InitProducerIdResponseData::errorCode);
        topics.append(topic, id.producerId(), id.producerEpoch(), 0);
        topics.append(topic, id.producerId(), id.producerEpoch(), 1);
        probe.each("one producer", DESCRIBE_PRODUCERS, producers(topic, 0));
        probe.each("no producer", DESCRIBE_PRODUCERS, producers(topic, 1));
        probe.each("unknown partition", DESCRIBE_PRODUCERS, producers(topic, 9));
        probe.each("unknown topic", DESCRIBE_PRODUCERS, (v, name) -> producers(name, 0));
        probe.each("illegal topic name", DESCRIBE_PRODUCERS, producers("no/such", 0));
        probe.each("nothing", DESCRIBE_PRODUCERS, new DescribeProducersRequestData());
    }

    private static DescribeProducersRequestData producers(String topic, int partition) {
        return new DescribeProducersRequestData()
                .setTopics(List.of(new TopicRequest().setName(topic).setPartitionIndexes(List.of(partition))));
    }

    private void producerIds() throws IOException {
        probe.each("new", INIT_PRODUCER_ID, init(-1, -1));
        probe.each("id and epoch", INIT_PRODUCER_ID, init(7, 3));
        probe.each("id without epoch", INIT_PRODUCER_ID, init(7, -1));
        probe.each("epoch without id", INIT_PRODUCER_ID, init(-1, 3));
        probe.each("negative epoch", INIT_PRODUCER_ID, init(7, -5));
        probe.each("last epoch", INIT_PRODUCER_ID, init(7, Short.MAX_VALUE));
        probe.each("odd timeout", INIT_PRODUCER_ID, init(-1, -1).setTransactionTimeoutMs(-9));
        probe.each("empty transactional id", INIT_PRODUCER_ID, init(-1, -1).setTransactionalId(""));
    }

    private static InitProducerIdRequestData init(long id, int epoch) {
        return new InitProducerIdRequestData()
                .setTransactionalId(null)
                .setTransactionTimeoutMs(60_000)
                .setProducerId(id)
                .setProducerEpoch((short) epoch);
    }

    private void folders() throws IOException {
        String topic = topics.create(2);
        probe.each("partition", DESCRIBE_LOG_DIRS, folder(topic, 0));
        probe.each("unknown partition", DESCRIBE_LOG_DIRS, folder(topic, 9));
        probe.each("unknown topic", DESCRIBE_LOG_DIRS, (v, name) -> folder(name, 0));
        probe.each(
                "no topics",
                DESCRIBE_LOG_DIRS,
                new DescribeLogDirsRequestData().setTopics(new DescribableLogDirTopicCollection()));
    }

    private static DescribeLogDirsRequestData folder(String topic, int partition) {
        return new DescribeLogDirsRequestData()
                .setTopics(new DescribableLogDirTopicCollection(
                        List.of(new DescribableLogDirTopic().setTopic(topic).setPartitions(List.of(partition)))
                                .iterator()));
    }
}
