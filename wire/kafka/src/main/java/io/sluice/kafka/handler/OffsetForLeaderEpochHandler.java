package io.sluice.kafka.handler;

import io.sluice.engine.Engine;
import io.sluice.engine.Partition;
import io.sluice.engine.ReadOutcome;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** OffsetForLeaderEpoch (key 23, versions 2 to 4, KIP-320): where a leader's term ended, so that readers see a cut. */
public final class OffsetForLeaderEpochHandler extends MessageHandler<OffsetForLeaderEpochRequestData> {
    private final Engine engine;

    public OffsetForLeaderEpochHandler(Engine engine) {
        super(ApiKeys.OFFSET_FOR_LEADER_EPOCH);
        this.engine = engine;
    }

    @Override
    protected void handle(OffsetForLeaderEpochRequestData request, Exchange exchange) {
        OffsetForLeaderEpochResponseData answer = new OffsetForLeaderEpochResponseData();
        for (OffsetForLeaderTopic topic : request.topics()) {
            OffsetForLeaderTopicResult result = new OffsetForLeaderTopicResult().setTopic(topic.topic());
            for (OffsetForLeaderPartition partition : topic.partitions()) {
                result.partitions().add(find(topic.topic(), partition));
            }
            answer.topics().add(result);
        }
        exchange.respond(answer);
    }

    private EpochEndOffset find(String topic, OffsetForLeaderPartition asked) {
        EpochEndOffset answer = new EpochEndOffset().setPartition(asked.partition());
        Located located = Located.find(engine, topic, asked.partition());
        if (located instanceof Located.Missing missing) {
            return answer.setErrorCode(missing.error().code());
        }
        Partition partition = ((Located.Here) located).partition();
        ReadOutcome.Refused fenced = partition.fence(asked.currentLeaderEpoch());
        if (fenced != null) {
            return answer.setErrorCode(ErrorCodes.of(fenced.error()).code());
        }
        io.sluice.engine.EpochEndOffset end = engine.queries().endOfEpoch(partition, asked.leaderEpoch());
        return answer.setErrorCode(Errors.NONE.code())
                .setLeaderEpoch(end.epoch())
                .setEndOffset(end.endOffset());
    }
}
