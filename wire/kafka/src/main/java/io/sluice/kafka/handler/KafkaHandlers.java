package io.sluice.kafka.handler;

import io.sluice.cluster.settings.BrokerNetworkSettings;
import io.sluice.engine.Engine;
import io.sluice.kafka.Handler;
import java.util.List;

/** All request types that are served. */
public final class KafkaHandlers {
    private KafkaHandlers() {}

    /** A handler for each; what is missing here is not advertised. */
    public static List<Handler> all(Engine engine) {
        return List.of(
                new ProduceHandler(engine.partitions()),
                new FetchHandler(
                        engine,
                        engine.settings().get(BrokerNetworkSettings.MAX_FETCH_SESSIONS),
                        engine.settings().get(BrokerNetworkSettings.FETCH_MAX_BYTES)),
                new ListOffsetsHandler(engine),
                new MetadataHandler(engine),
                new ApiVersionsHandler(),
                new InitProducerIdHandler(engine.producerIds()));
    }
}
