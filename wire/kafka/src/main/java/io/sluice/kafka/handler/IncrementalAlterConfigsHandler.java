package io.sluice.kafka.handler;

import io.sluice.cluster.ConfigEdit;
import io.sluice.cluster.ConfigResource;
import io.sluice.engine.Engine;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;

/** IncrementalAlterConfigs (key 44, versions 0 and 1, KIP-339): sets, deletes, appends and subtracts single settings. */
public final class IncrementalAlterConfigsHandler extends MessageHandler<IncrementalAlterConfigsRequestData> {
    private final Engine engine;

    public IncrementalAlterConfigsHandler(Engine engine) {
        super(ApiKeys.INCREMENTAL_ALTER_CONFIGS);
        this.engine = engine;
    }

    @Override
    protected void handle(IncrementalAlterConfigsRequestData request, Exchange exchange) {
        AlterResults results = new AlterResults(
                engine.brokerId(),
                request.resources().stream()
                        .map(resource -> new WireResource(resource.resourceType(), resource.resourceName()))
                        .toList());
        Map<ConfigResource, List<ConfigEdit>> edits = new LinkedHashMap<>();
        for (AlterConfigsResource asked : request.resources()) {
            WireResource wire = new WireResource(asked.resourceType(), asked.resourceName());
            results.accept(wire).ifPresent(resource -> {
                List<ConfigEdit> read = new ArrayList<>();
                Optional<String> complaint = read(asked, read);
                complaint.ifPresentOrElse(why -> results.refuse(wire, why), () -> edits.put(resource, read));
            });
        }
        exchange.respondWhen(
                engine.cluster().editConfigs(edits, request.validateOnly()), outcomes -> answer(results.all(outcomes)));
    }

    /** Reads the edits of one resource; what is wrong with them, if anything is. */
    private static Optional<String> read(AlterConfigsResource asked, List<ConfigEdit> edits) {
        for (AlterableConfig config : asked.configs()) {
            AlterConfigOp.OpType operation = AlterConfigOp.OpType.forId(config.configOperation());
            if (operation == null) {
                return Optional.of("Setting " + config.name() + ": operation " + config.configOperation()
                        + " is none of set (0), delete (1), append (2), subtract (3)");
            }
            String value = config.value();
            if (value == null && operation != AlterConfigOp.OpType.DELETE) {
                return Optional.of("Setting " + config.name() + " has no value");
            }
            edits.add(new ConfigEdit(kind(operation), config.name(), value == null ? "" : value));
        }
        return Optional.empty();
    }

    private static ConfigEdit.Kind kind(AlterConfigOp.OpType operation) {
        return switch (operation) {
            case SET -> ConfigEdit.Kind.SET;
            case DELETE -> ConfigEdit.Kind.DELETE;
            case APPEND -> ConfigEdit.Kind.APPEND;
            case SUBTRACT -> ConfigEdit.Kind.SUBTRACT;
        };
    }

    private static IncrementalAlterConfigsResponseData answer(List<AlterResults.Result> results) {
        return new IncrementalAlterConfigsResponseData()
                .setResponses(results.stream()
                        .map(result -> new AlterConfigsResourceResponse()
                                .setErrorCode(result.error().code())
                                .setErrorMessage(result.message().orElse(null))
                                .setResourceType(result.resource().type())
                                .setResourceName(result.resource().name()))
                        .toList());
    }
}
