package io.sluice.kafka.handler;

import io.sluice.base.TopicPartition;
import io.sluice.cluster.ClusterImage;
import io.sluice.engine.Engine;
import io.sluice.engine.group.GroupError;
import io.sluice.engine.group.OffsetDelete;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponsePartition;
import org.apache.kafka.common.message.OffsetDeleteResponseData.OffsetDeleteResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** OffsetDelete (key 47, version 0, KIP-496): a group forgets offsets of topics that it no longer reads. */
public final class OffsetDeleteHandler extends MessageHandler<OffsetDeleteRequestData> {
    private final Engine engine;

    public OffsetDeleteHandler(Engine engine) {
        super(ApiKeys.OFFSET_DELETE);
        this.engine = engine;
    }

    @Override
    protected void handle(OffsetDeleteRequestData request, Exchange exchange) {
        ClusterImage image = engine.image();
        List<TopicPartition> known = new ArrayList<>();
        for (OffsetDeleteRequestTopic topic : request.topics()) {
            for (OffsetDeleteRequestPartition partition : topic.partitions()) {
                if (image.partition(topic.name(), partition.partitionIndex()).isPresent()) {
                    known.add(new TopicPartition(topic.name(), partition.partitionIndex()));
                }
            }
        }
        exchange.respondWhen(
                engine.groups().deleteOffsets(new OffsetDelete.Request(request.groupId(), known)),
                response -> answer(request, response));
    }

    /** What was not handed on does not exist. */
    static OffsetDeleteResponseData answer(OffsetDeleteRequestData request, OffsetDelete.Response response) {
        if (response.error() != GroupError.NONE) {
            return new OffsetDeleteResponseData()
                    .setErrorCode(ErrorCodes.of(response.error()).code());
        }
        OffsetDeleteResponseData answer = new OffsetDeleteResponseData();
        for (OffsetDeleteRequestTopic topic : request.topics()) {
            OffsetDeleteResponseTopic told = new OffsetDeleteResponseTopic().setName(topic.name());
            for (OffsetDeleteRequestPartition partition : topic.partitions()) {
                int index = partition.partitionIndex();
                GroupError error = response.partitions().get(new TopicPartition(topic.name(), index));
                Errors code = error == null ? Errors.UNKNOWN_TOPIC_OR_PARTITION : ErrorCodes.of(error);
                told.partitions()
                        .add(new OffsetDeleteResponsePartition()
                                .setPartitionIndex(index)
                                .setErrorCode(code.code()));
            }
            answer.topics().add(told);
        }
        return answer;
    }
}
