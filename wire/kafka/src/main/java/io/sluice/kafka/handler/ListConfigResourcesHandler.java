package io.sluice.kafka.handler;

import io.sluice.cluster.ClusterImage;
import io.sluice.engine.Engine;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData.ConfigResource;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * ListConfigResources (key 74, versions 0 and 1, KIP-1142): what has settings, by kind. Version 0 asks for client
 * metrics subscriptions, of which there are none.
 */
public final class ListConfigResourcesHandler extends MessageHandler<ListConfigResourcesRequestData> {
    private static final int TYPES_FROM = 1;
    private static final List<Byte> TYPES = List.of(
            WireResource.GROUP,
            WireResource.CLIENT_METRICS,
            WireResource.BROKER_LOGGER,
            WireResource.BROKER,
            WireResource.TOPIC);

    private final Engine engine;

    public ListConfigResourcesHandler(Engine engine) {
        super(ApiKeys.LIST_CONFIG_RESOURCES);
        this.engine = engine;
    }

    @Override
    protected void handle(ListConfigResourcesRequestData request, Exchange exchange) {
        exchange.respond(answer(request, exchange.version(), engine.image()));
    }

    static ListConfigResourcesResponseData answer(
            ListConfigResourcesRequestData request, short version, ClusterImage image) {
        ListConfigResourcesResponseData answer = new ListConfigResourcesResponseData();
        if (version < TYPES_FROM) {
            return answer;
        }
        Set<Byte> types = new LinkedHashSet<>(request.resourceTypes().isEmpty() ? TYPES : request.resourceTypes());
        if (!TYPES.containsAll(types)) {
            return answer.setErrorCode(Errors.UNSUPPORTED_VERSION.code());
        }
        for (byte type : types) {
            for (String name : names(type, image)) {
                answer.configResources()
                        .add(new ConfigResource().setResourceType(type).setResourceName(name));
            }
        }
        return answer;
    }

    private static List<String> names(byte type, ClusterImage image) {
        List<String> names = new ArrayList<>();
        if (type == WireResource.TOPIC) {
            image.topics().forEach(topic -> names.add(topic.name()));
        } else if (type == WireResource.BROKER || type == WireResource.BROKER_LOGGER) {
            image.brokers().keySet().forEach(id -> names.add(Integer.toString(id)));
        } else if (type == WireResource.GROUP) {
            for (io.sluice.cluster.ConfigResource resource : image.configs().keySet()) {
                if (resource.type() == io.sluice.cluster.ConfigResource.Type.GROUP) {
                    names.add(resource.name());
                }
            }
        }
        return names;
    }
}
