package io.sluice.bench;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/**
 * A whole Produce request (acks=all), encoded once and sent again and again: between sends only the correlation id
 * changes, so that the load generator costs little of the cores that it shares with the broker.
 *
 * @param bytes the frame from its size field on
 * @param records how many records it carries
 */
record ProduceFrame(ByteBuffer bytes, int records) {
    /** What kafka-clients 4.3.1 sends; it names topics by id. */
    static final short NEWEST_VERSION = 13;

    private static final short FIRST_VERSION_WITH_TOPIC_IDS = 13;
    private static final short ACKS_ALL = -1;
    private static final int TIMEOUT_MS = 30_000;

    /** The shape of the batches in one request: the same in each of its partitions. */
    record Batch(int records, int recordBytes) {}

    static ProduceFrame encode(short version, Topic topic, List<Integer> partitions, Batch batch) {
        ProduceRequestData.TopicProduceData data = new ProduceRequestData.TopicProduceData();
        if (version >= FIRST_VERSION_WITH_TOPIC_IDS) {
            data.setTopicId(topic.id());
        } else {
            data.setName(topic.name());
        }
        for (int partition : partitions) {
            data.partitionData()
                    .add(new ProduceRequestData.PartitionProduceData()
                            .setIndex(partition)
                            .setRecords(records(batch)));
        }
        ProduceRequestData request = new ProduceRequestData().setAcks(ACKS_ALL).setTimeoutMs(TIMEOUT_MS);
        request.topicData().add(data);
        return new ProduceFrame(
                Frames.request(ApiKeys.PRODUCE, version, 0, request), batch.records() * partitions.size());
    }

    private static MemoryRecords records(Batch batch) {
        byte[] value = new byte[batch.recordBytes()];
        new SplittableRandom(batch.recordBytes()).nextBytes(value);
        long now = System.currentTimeMillis();
        List<SimpleRecord> records = new ArrayList<>(batch.records());
        for (int i = 0; i < batch.records(); i++) {
            records.add(new SimpleRecord(now, value));
        }
        return MemoryRecords.withRecords(Compression.NONE, records.toArray(SimpleRecord[]::new));
    }
}
