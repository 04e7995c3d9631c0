package io.sluice.kafka;

import io.netty.buffer.ByteBuf;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** The request types that are served: what is in this table is what ApiVersions advertises. Immutable. */
public final class HandlerTable {
    private final @Nullable Handler[] byKey;
    private final Handler unsupportedApiVersions;

    public HandlerTable(Collection<? extends Handler> handlers) {
        int top = handlers.stream().mapToInt(handler -> handler.api().id).max().orElse(0);
        byKey = new Handler[top + 1];
        for (Handler handler : handlers) {
            if (byKey[handler.api().id] != null) {
                throw new IllegalArgumentException(handler.api() + " has two handlers");
            }
            byKey[handler.api().id] = handler;
        }
        unsupportedApiVersions = new UnsupportedApiVersions(this);
    }

    @Nullable
    Handler find(short apiKey) {
        return apiKey >= 0 && apiKey < byKey.length ? byKey[apiKey] : null;
    }

    Handler unsupportedApiVersions() {
        return unsupportedApiVersions;
    }

    /** All handlers by API key. */
    public List<Handler> all() {
        return Stream.of(byKey)
                .filter(Objects::nonNull)
                .map(handler -> (Handler) handler)
                .toList();
    }

    /** The versions to advertise. */
    public ApiVersionsResponseData.ApiVersionCollection advertised() {
        ApiVersionsResponseData.ApiVersionCollection versions = new ApiVersionsResponseData.ApiVersionCollection();
        for (Handler handler : all()) {
            versions.add(new ApiVersionsResponseData.ApiVersion()
                    .setApiKey(handler.api().id)
                    .setMinVersion(advertisedOldest(handler))
                    .setMaxVersion(handler.latestVersion()));
        }
        return versions;
    }

    /** librdkafka before 2.8 wants to see produce version 0 before it believes in newer ones (KAFKA-18659). */
    private static short advertisedOldest(Handler handler) {
        return handler.api() == ApiKeys.PRODUCE ? 0 : handler.oldestVersion();
    }

    /** The version 0 answer for a client that asked in a version that is not served. */
    private record UnsupportedApiVersions(HandlerTable table) implements Handler {
        @Override
        public ApiKeys api() {
            return ApiKeys.API_VERSIONS;
        }

        @Override
        public void handle(ByteBuf body, Exchange exchange) {
            ApiVersionsResponseData answer = new ApiVersionsResponseData()
                    .setErrorCode(Errors.UNSUPPORTED_VERSION.code())
                    .setApiKeys(table.advertised());
            exchange.respond(ResponseEncoder.encode(
                    answer, ApiKeys.API_VERSIONS, (short) 0, exchange.correlationId(), exchange.allocator()));
        }
    }
}
