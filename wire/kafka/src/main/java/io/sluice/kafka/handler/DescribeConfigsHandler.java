package io.sluice.kafka.handler;

import io.sluice.cluster.ConfigResource;
import io.sluice.cluster.TopicImage;
import io.sluice.cluster.settings.BrokerSettings;
import io.sluice.cluster.settings.DescribedSetting;
import io.sluice.cluster.settings.GroupSettings;
import io.sluice.cluster.settings.Setting;
import io.sluice.cluster.settings.SettingLayers;
import io.sluice.cluster.settings.SettingRegistry;
import io.sluice.cluster.settings.SettingSource;
import io.sluice.cluster.settings.TopicSettings;
import io.sluice.engine.Engine;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.MalformedRequestException;
import io.sluice.kafka.MessageHandler;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * DescribeConfigs (key 32, versions 1 to 4): the settings that hold for topics, this broker, all brokers and groups, with
 * where they come from.
 */
public final class DescribeConfigsHandler extends MessageHandler<DescribeConfigsRequestData> {
    /** Each is answered with all its settings and their documentation: thousands of bytes for a few. */
    private static final int MAX_RESOURCES = 10_000;

    private final Engine engine;

    public DescribeConfigsHandler(Engine engine) {
        super(ApiKeys.DESCRIBE_CONFIGS);
        this.engine = engine;
    }

    @Override
    protected void handle(DescribeConfigsRequestData request, Exchange exchange) {
        if (request.resources().size() > MAX_RESOURCES) {
            throw new MalformedRequestException("DescribeConfigs of "
                    + request.resources().size() + " resources; ask for " + MAX_RESOURCES + " at once at most");
        }
        List<DescribeConfigsResult> results = new ArrayList<>();
        for (DescribeConfigsResource resource : new LinkedHashSet<>(request.resources())) {
            DescribeConfigsResult result = describe(resource, request);
            results.add(result.setResourceType(resource.resourceType()).setResourceName(resource.resourceName()));
        }
        exchange.respond(new DescribeConfigsResponseData().setResults(results));
    }

    private DescribeConfigsResult describe(DescribeConfigsResource asked, DescribeConfigsRequestData request) {
        WireResource wire = new WireResource(asked.resourceType(), asked.resourceName());
        if (wire.type() == WireResource.BROKER || wire.type() == WireResource.BROKER_LOGGER) {
            Optional<DescribeConfigsResult> refused = refuseOtherBroker(wire);
            if (refused.isPresent()) {
                return refused.get();
            }
        }
        if (wire.type() == WireResource.CLIENT_METRICS && wire.name().isEmpty()) {
            return refused(Errors.INVALID_REQUEST, "The name of the client metrics subscription is empty");
        }
        if (wire.type() == WireResource.BROKER_LOGGER || wire.type() == WireResource.CLIENT_METRICS) {
            return new DescribeConfigsResult(); // there are none
        }
        ConfigResource resource = wire.resource().orElse(null);
        if (resource == null) {
            return refused(Errors.INVALID_REQUEST, wire.notServed());
        }
        return switch (resource.type()) {
            case TOPIC -> topic(resource.name(), asked, request);
            case BROKER -> broker(resource, asked, request);
            case GROUP -> group(resource, asked, request);
        };
    }

    private Optional<DescribeConfigsResult> refuseOtherBroker(WireResource wire) {
        boolean all = wire.type() == WireResource.BROKER && wire.name().isEmpty();
        if (all || wire.name().equals(Integer.toString(engine.brokerId()))) {
            return Optional.empty();
        }
        return Optional.of(refused(
                Errors.INVALID_REQUEST,
                "This is broker " + engine.brokerId() + ", which does not know the settings of broker '" + wire.name()
                        + "'"));
    }

    private DescribeConfigsResult topic(
            String name, DescribeConfigsResource asked, DescribeConfigsRequestData request) {
        TopicImage topic = engine.image().topic(name).orElse(null);
        if (topic == null) {
            return refused(UnknownTopic.error(name), UnknownTopic.message(name));
        }
        SettingLayers layers = engine.settings().withTopic(topic.configs());
        return new DescribeConfigsResult().setConfigs(new Entries(asked, request).all(TopicSettings.ALL, layers));
    }

    private DescribeConfigsResult broker(
            ConfigResource resource, DescribeConfigsResource asked, DescribeConfigsRequestData request) {
        Entries entries = new Entries(asked, request);
        return new DescribeConfigsResult()
                .setConfigs(
                        resource.isClusterDefault()
                                ? entries.clusterDefaults(engine)
                                : entries.all(BrokerSettings.ALL, engine.settings()));
    }

    private DescribeConfigsResult group(
            ConfigResource resource, DescribeConfigsResource asked, DescribeConfigsRequestData request) {
        if (resource.name().isEmpty()) {
            return refused(Errors.INVALID_REQUEST, "The group's name is empty");
        }
        SettingLayers layers = engine.settings().withGroup(engine.image().configs(resource));
        return new DescribeConfigsResult().setConfigs(new Entries(asked, request).all(GroupSettings.ALL, layers));
    }

    private static DescribeConfigsResult refused(Errors error, String message) {
        return new DescribeConfigsResult().setErrorCode(error.code()).setErrorMessage(message);
    }

    /** What the client wants to see of the settings of one resource. */
    private static final class Entries {
        private final Set<String> keys;
        private final boolean synonyms;
        private final boolean documentation;

        Entries(DescribeConfigsResource asked, DescribeConfigsRequestData request) {
            List<String> wanted = asked.configurationKeys();
            this.keys = wanted == null ? Set.of() : new HashSet<>(wanted);
            this.synonyms = request.includeSynonyms();
            this.documentation = request.includeDocumentation();
        }

        List<DescribeConfigsResponseData.DescribeConfigsResourceResult> all(
                SettingRegistry registry, SettingLayers layers) {
            List<DescribeConfigsResponseData.DescribeConfigsResourceResult> entries = new ArrayList<>();
            for (Setting<?> setting : registry.all()) {
                if (keys.isEmpty() || keys.contains(setting.name())) {
                    entries.add(ConfigEntries.of(layers.describe(setting), synonyms, documentation));
                }
            }
            return entries;
        }

        /** Only what was set at run time for all brokers: there is nothing below it that holds for all. */
        List<DescribeConfigsResponseData.DescribeConfigsResourceResult> clusterDefaults(Engine engine) {
            List<DescribeConfigsResponseData.DescribeConfigsResourceResult> entries = new ArrayList<>();
            engine.image().configs(ConfigResource.CLUSTER_DEFAULT).forEach((name, value) -> {
                Setting<?> setting = BrokerSettings.ALL.find(name).orElse(null);
                if (setting != null && (keys.isEmpty() || keys.contains(name))) {
                    entries.add(ConfigEntries.of(clusterDefault(setting, value), synonyms, documentation));
                }
            });
            return entries;
        }

        private static DescribedSetting clusterDefault(Setting<?> setting, String raw) {
            Optional<String> value = setting.isSensitive() ? Optional.empty() : Optional.of(raw);
            SettingSource source = SettingSource.CLUSTER_DEFAULT;
            return new DescribedSetting(
                    setting,
                    value,
                    source,
                    false,
                    List.of(new DescribedSetting.Synonym(setting.name(), value, source)));
        }
    }
}
