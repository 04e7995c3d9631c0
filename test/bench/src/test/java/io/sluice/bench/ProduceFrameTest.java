package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProduceFrameTest {
    private static final Topic TOPIC = new Topic("some-topic", Uuid.randomUuid(), 6);

    @ParameterizedTest
    @ValueSource(shorts = {9, 10, 11, 12, 13})
    void frameReadsBackAsTheRequestThatWasAskedFor(short version) {
        ProduceFrame frame = ProduceFrame.encode(version, TOPIC, List.of(2, 4), new ProduceFrame.Batch(3, 100));

        ByteBuffer bytes = frame.bytes().duplicate();
        bytes.putInt(Frames.CORRELATION_AT, 4711);
        assertThat(bytes.getInt()).isEqualTo(bytes.remaining());
        RequestHeader header = RequestHeader.parse(bytes);
        ProduceRequestData request = new ProduceRequestData(new ByteBufferAccessor(bytes), version);

        assertThat(header.correlationId()).isEqualTo(4711);
        assertThat(header.apiVersion()).isEqualTo(version);
        assertThat(request.acks()).isEqualTo((short) -1);
        assertThat(frame.records()).isEqualTo(6);
        var topic = request.topicData().iterator().next();
        if (version >= 13) {
            assertThat(topic.topicId()).isEqualTo(TOPIC.id());
        } else {
            assertThat(topic.name()).isEqualTo("some-topic");
        }
        assertThat(topic.partitionData()).extracting(data -> data.index()).containsExactly(2, 4);
        for (var data : topic.partitionData()) {
            RecordBatch batch =
                    ((MemoryRecords) data.records()).batches().iterator().next();
            batch.ensureValid();
            assertThat(batch).hasSize(3).allSatisfy(record -> assertThat(record.valueSize())
                    .isEqualTo(100));
        }
    }
}
