package io.sluice.kafka.handler;

import io.sluice.cluster.Outcome;
import io.sluice.cluster.Refusal;
import io.sluice.engine.ProducerIds;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * InitProducerId (key 22, versions 0 to 5): gives an idempotent producer its id. A transactional producer is refused
 * with an error that it does not retry.
 */
public final class InitProducerIdHandler extends MessageHandler<InitProducerIdRequestData> {
    private static final long NO_PRODUCER = -1;
    private static final short NO_EPOCH = -1;

    private final ProducerIds producerIds;

    public InitProducerIdHandler(ProducerIds producerIds) {
        super(ApiKeys.INIT_PRODUCER_ID);
        this.producerIds = producerIds;
    }

    /** Version 6 is still unstable in Kafka 4.3 (KIP-939). */
    @Override
    public short latestVersion() {
        return 5;
    }

    @Override
    protected void handle(InitProducerIdRequestData request, Exchange exchange) {
        String transactionalId = request.transactionalId();
        if (transactionalId != null) {
            Errors error = transactionalId.isEmpty() ? Errors.INVALID_REQUEST : Errors.UNSUPPORTED_VERSION;
            exchange.respond(refused(error));
            return;
        }
        boolean idAlone = (request.producerId() == NO_PRODUCER) != (request.producerEpoch() == NO_EPOCH);
        if (idAlone) {
            exchange.respond(refused(Errors.INVALID_REQUEST));
            return;
        }
        exchange.respondWhen(producerIds.next(), InitProducerIdHandler::answer);
    }

    private static InitProducerIdResponseData answer(Outcome<Long> outcome) {
        if (outcome instanceof Outcome.Done<Long> done) {
            return new InitProducerIdResponseData().setProducerId(done.value()).setProducerEpoch((short) 0);
        }
        Refusal reason = ((Outcome.Refused<Long>) outcome).reason();
        // The one error that makes a producer ask the same broker again.
        return refused(reason.isRetriable() ? Errors.COORDINATOR_LOAD_IN_PROGRESS : ErrorCodes.of(reason));
    }

    private static InitProducerIdResponseData refused(Errors error) {
        return new InitProducerIdResponseData()
                .setErrorCode(error.code())
                .setProducerId(NO_PRODUCER)
                .setProducerEpoch(NO_EPOCH);
    }
}
