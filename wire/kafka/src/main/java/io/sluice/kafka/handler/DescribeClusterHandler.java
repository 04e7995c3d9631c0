package io.sluice.kafka.handler;

import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.ClusterImage;
import io.sluice.engine.Engine;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * DescribeCluster (key 60, versions 0 to 2): the brokers, and which of them is controller. To those who ask for fenced
 * brokers too, one that is about to leave is shown as fenced: it leads nothing anew and joins no in-sync set (R20).
 */
public final class DescribeClusterHandler extends MessageHandler<DescribeClusterRequestData> {
    private static final byte BROKERS = 1;
    private static final byte CONTROLLERS = 2;

    private final Engine engine;

    public DescribeClusterHandler(Engine engine) {
        super(ApiKeys.DESCRIBE_CLUSTER);
        this.engine = engine;
    }

    @Override
    protected void handle(DescribeClusterRequestData request, Exchange exchange) {
        exchange.respond(answer(request, exchange.connection().listener()));
    }

    private DescribeClusterResponseData answer(DescribeClusterRequestData request, String listener) {
        ClusterImage image = engine.image();
        if (request.endpointType() != BROKERS) {
            boolean known = request.endpointType() == CONTROLLERS;
            return new DescribeClusterResponseData()
                    .setErrorCode((known ? Errors.MISMATCHED_ENDPOINT_TYPE : Errors.UNSUPPORTED_ENDPOINT_TYPE).code())
                    .setErrorMessage("This is a broker; it describes brokers (1), not endpoints of type "
                            + request.endpointType());
        }
        DescribeClusterResponseData answer = new DescribeClusterResponseData()
                .setClusterId(image.clusterId())
                .setControllerId(ToldController.of(image, listener, engine.brokerId()))
                .setClusterAuthorizedOperations(
                        AuthorizedOperations.cluster(request.includeClusterAuthorizedOperations()));
        for (BrokerInfo broker : image.brokers().values()) {
            broker.endpoint(listener).ifPresent(endpoint -> answer.brokers()
                    .add(new DescribeClusterBroker()
                            .setBrokerId(broker.id())
                            .setHost(endpoint.host())
                            .setPort(endpoint.port())
                            .setRack(broker.rack().orElse(null))
                            .setIsFenced(request.includeFencedBrokers() && broker.shuttingDown())));
        }
        return answer;
    }
}
