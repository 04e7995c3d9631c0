package io.sluice.kafka.handler;

import io.sluice.cluster.ClusterImage;
import io.sluice.engine.Engine;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * Metadata (key 3, versions 0 to 13): brokers and topics as the image has them. Topics that do not exist are created
 * first where both the client and the broker's settings allow it.
 */
public final class MetadataHandler extends MessageHandler<MetadataRequestData> {
    static final int EMPTY_MEANS_NONE_FROM = 1;
    static final int TOPIC_ID_FROM = 12;

    private final Engine engine;
    private final AutoCreation autoCreation;

    public MetadataHandler(Engine engine) {
        super(ApiKeys.METADATA);
        this.engine = engine;
        this.autoCreation = new AutoCreation(engine);
    }

    @Override
    protected void handle(MetadataRequestData request, Exchange exchange) {
        if (asksForAll(request, exchange.version())) {
            exchange.respond(answer(request, exchange).allTopics());
            return;
        }
        List<String> missing = missing(request);
        if (missing.isEmpty() || !request.allowAutoTopicCreation() || !autoCreation.enabled()) {
            exchange.respond(answer(request, exchange).topics(request.topics(), Map.of()));
            return;
        }
        exchange.respondWhen(
                autoCreation.create(missing, exchange.connection().loop()),
                errors -> answer(request, exchange).topics(request.topics(), errors));
    }

    private MetadataAnswer answer(MetadataRequestData request, Exchange exchange) {
        ClusterImage image = engine.image();
        String listener = exchange.connection().listener();
        int controller = ToldController.of(image, listener, engine.brokerId());
        return new MetadataAnswer(image, engine.internalTopics(), listener, controller, exchange.version(), request);
    }

    private static boolean asksForAll(MetadataRequestData request, short version) {
        List<MetadataRequestTopic> topics = request.topics();
        return topics == null || (topics.isEmpty() && version < EMPTY_MEANS_NONE_FROM);
    }

    private List<String> missing(MetadataRequestData request) {
        return request.topics().stream()
                .map(MetadataRequestTopic::name)
                .filter(Objects::nonNull)
                .filter(name -> engine.image().topic(name).isEmpty())
                .distinct()
                .toList();
    }

    /** What to say of a topic that is not there. */
    static Errors unknown(Map<String, Errors> creationErrors, String name) {
        return creationErrors.getOrDefault(name, UnknownTopic.error(name));
    }
}
