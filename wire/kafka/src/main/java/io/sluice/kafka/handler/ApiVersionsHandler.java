package io.sluice.kafka.handler;

import io.sluice.kafka.Exchange;
import io.sluice.kafka.MessageHandler;
import java.util.regex.Pattern;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/**
 * ApiVersions (key 18, versions 0 to 4): what is served, which is what there are handlers for, and the features
 * (KIP-584) that clients choose their behaviour by.
 */
public final class ApiVersionsHandler extends MessageHandler<ApiVersionsRequestData> {
    static final int CLIENT_SOFTWARE_FROM = 3;
    /** Before it, clients cannot read a feature whose oldest level is 0 (KAFKA-17011). */
    static final int FEATURES_FROM_ZERO_FROM = 4;

    private static final Pattern SOFTWARE = Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9\\-.]*[a-zA-Z0-9])?");

    /**
     * @param name Kafka's name of the feature
     * @param min oldest level supported
     * @param max newest level supported
     * @param level in use
     */
    private record Feature(String name, short min, short max, short level) {
        Feature(String name, int min, int max, int level) {
            this(name, (short) min, (short) max, (short) level);
        }
    }

    private static final Feature[] FEATURES = {
        new Feature("group.version", 0, 1, 1), // KIP-848's consumer groups
        new Feature("metadata.version", 7, 25, 25), // 3.3-IV3 to 4.0-IV3; nothing is kept in Kafka's metadata log
        new Feature("transaction.version", 0, 0, 0),
    };

    public ApiVersionsHandler() {
        super(ApiKeys.API_VERSIONS);
    }

    @Override
    protected void handle(ApiVersionsRequestData request, Exchange exchange) {
        ApiVersionsResponseData answer = new ApiVersionsResponseData().setApiKeys(exchange.advertised());
        if (exchange.version() >= CLIENT_SOFTWARE_FROM) {
            String name = request.clientSoftwareName();
            String version = request.clientSoftwareVersion();
            if (!SOFTWARE.matcher(name).matches() || !SOFTWARE.matcher(version).matches()) {
                exchange.respond(new ApiVersionsResponseData().setErrorCode(Errors.INVALID_REQUEST.code()));
                return;
            }
            exchange.state().setClientSoftware(name + " " + version);
            addFeatures(answer, exchange.version());
        }
        exchange.respond(answer);
    }

    static void addFeatures(ApiVersionsResponseData answer, short version) {
        answer.setFinalizedFeaturesEpoch(0);
        for (Feature feature : FEATURES) {
            if (feature.min > 0 || version >= FEATURES_FROM_ZERO_FROM) {
                answer.supportedFeatures()
                        .add(new SupportedFeatureKey()
                                .setName(feature.name)
                                .setMinVersion(feature.min)
                                .setMaxVersion(feature.max));
            }
            if (feature.level > 0) {
                answer.finalizedFeatures()
                        .add(new FinalizedFeatureKey()
                                .setName(feature.name)
                                .setMinVersionLevel(feature.level)
                                .setMaxVersionLevel(feature.level));
            }
        }
    }
}
