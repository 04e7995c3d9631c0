package io.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProduceAnswerTest {
    @ParameterizedTest
    @ValueSource(shorts = {9, 10, 11, 12, 13})
    void answerWithoutErrorsIsReadToItsEnd(short version) {
        ByteBuffer body = encode(version, partition(0, Errors.NONE), partition(1, Errors.NONE));

        assertThat(ProduceAnswer.firstError(body, version)).isZero();
    }

    @ParameterizedTest
    @ValueSource(shorts = {9, 13})
    void firstErrorIsFoundBehindAPartitionWithUnknownTaggedFields(short version) {
        PartitionProduceResponse first = partition(0, Errors.NONE);
        first.unknownTaggedFields().add(new RawTaggedField(99, new byte[200]));
        ByteBuffer body = encode(version, first, partition(1, Errors.CORRUPT_MESSAGE));

        assertThat(ProduceAnswer.firstError(body, version)).isEqualTo(Errors.CORRUPT_MESSAGE.code());
    }

    private static PartitionProduceResponse partition(int index, Errors error) {
        return new PartitionProduceResponse()
                .setIndex(index)
                .setErrorCode(error.code())
                .setBaseOffset(7)
                .setLogStartOffset(0);
    }

    private static ByteBuffer encode(short version, PartitionProduceResponse... partitions) {
        ProduceResponseData.TopicProduceResponse topic =
                new ProduceResponseData.TopicProduceResponse().setPartitionResponses(List.of(partitions));
        if (version >= 13) {
            topic.setTopicId(Uuid.randomUuid());
        } else {
            topic.setName("some-topic");
        }
        ProduceResponseData response = new ProduceResponseData();
        response.responses().add(topic);
        return MessageUtil.toByteBufferAccessor(response, version).buffer();
    }
}
