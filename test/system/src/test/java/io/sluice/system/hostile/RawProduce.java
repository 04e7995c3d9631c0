package io.sluice.system.hostile;

import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.RawConnection;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Produces one batch as it is, right or wrong. */
final class RawProduce {
    static final short VERSION = 11;
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private RawProduce() {}

    /** What partition 0 says; a connection that is closed over it counts as an invalid request. */
    static Errors to(BrokerProcess broker, String topic, RawBatch batch) throws IOException {
        try (RawConnection connection = RawConnection.open(broker.port(), PATIENCE)) {
            ByteBufferAccessor answer = connection.call(ApiKeys.PRODUCE, VERSION, request(topic, batch));
            return Errors.forCode(new ProduceResponseData(answer, VERSION)
                    .responses()
                    .iterator()
                    .next()
                    .partitionResponses()
                    .get(0)
                    .errorCode());
        } catch (EOFException | SocketException closed) {
            return Errors.INVALID_REQUEST;
        }
    }

    static ProduceRequestData request(String topic, RawBatch batch) {
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(10_000);
        request.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setName(topic)
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                                .setIndex(0)
                                .setRecords(MemoryRecords.readableRecords(batch.bytes())))));
        return request;
    }
}
