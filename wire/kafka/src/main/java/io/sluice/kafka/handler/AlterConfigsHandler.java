package io.sluice.kafka.handler;

import io.sluice.cluster.ConfigResource;
import io.sluice.engine.Engine;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;

/** AlterConfigs (key 33, versions 0 to 2): replaces all settings of resources; older clients know no other way. */
public final class AlterConfigsHandler extends MessageHandler<AlterConfigsRequestData> {
    private final Engine engine;

    public AlterConfigsHandler(Engine engine) {
        super(ApiKeys.ALTER_CONFIGS);
        this.engine = engine;
    }

    @Override
    protected void handle(AlterConfigsRequestData request, Exchange exchange) {
        AlterResults results = new AlterResults(
                engine.brokerId(),
                request.resources().stream()
                        .map(resource -> new WireResource(resource.resourceType(), resource.resourceName()))
                        .toList());
        Map<ConfigResource, Map<String, String>> configs = new LinkedHashMap<>();
        for (AlterConfigsResource asked : request.resources()) {
            WireResource wire = new WireResource(asked.resourceType(), asked.resourceName());
            results.accept(wire).ifPresent(resource -> {
                Map<String, String> read = new HashMap<>();
                Optional<String> complaint = read(asked, read);
                complaint.ifPresentOrElse(why -> results.refuse(wire, why), () -> configs.put(resource, read));
            });
        }
        exchange.respondWhen(
                engine.cluster().replaceConfigs(configs, request.validateOnly()),
                outcomes -> answer(results.all(outcomes)));
    }

    private static Optional<String> read(AlterConfigsResource asked, Map<String, String> configs) {
        for (AlterableConfig config : asked.configs()) {
            String value = config.value();
            if (value == null) {
                return Optional.of("Setting " + config.name() + " has no value");
            }
            if (configs.put(config.name(), value) != null) {
                return Optional.of("Setting " + config.name() + " is in the request more than once");
            }
        }
        return Optional.empty();
    }

    private static AlterConfigsResponseData answer(List<AlterResults.Result> results) {
        return new AlterConfigsResponseData()
                .setResponses(results.stream()
                        .map(result -> new AlterConfigsResourceResponse()
                                .setErrorCode(result.error().code())
                                .setErrorMessage(result.message().orElse(null))
                                .setResourceType(result.resource().type())
                                .setResourceName(result.resource().name()))
                        .toList());
    }
}
