package io.sluice.kafka.handler;

import io.sluice.cluster.Outcome;
import io.sluice.engine.Engine;
import io.sluice.kafka.ErrorCodes;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/** UnregisterBroker (key 64, version 0, KIP-746): forgets a broker that is gone for good. */
public final class UnregisterBrokerHandler extends MessageHandler<UnregisterBrokerRequestData> {
    private final Engine engine;

    public UnregisterBrokerHandler(Engine engine) {
        super(ApiKeys.UNREGISTER_BROKER);
        this.engine = engine;
    }

    @Override
    protected void handle(UnregisterBrokerRequestData request, Exchange exchange) {
        exchange.respondWhen(engine.cluster().unregisterBroker(request.brokerId()), UnregisterBrokerHandler::answer);
    }

    private static UnregisterBrokerResponseData answer(Outcome<Integer> outcome) {
        UnregisterBrokerResponseData answer = new UnregisterBrokerResponseData();
        if (outcome instanceof Outcome.Refused<Integer> refused) {
            answer.setErrorCode(ErrorCodes.of(refused.reason()).code()).setErrorMessage(refused.message());
        }
        return answer;
    }
}
