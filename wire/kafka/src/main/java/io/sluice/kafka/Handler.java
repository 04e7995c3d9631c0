package io.sluice.kafka;

import io.netty.buffer.ByteBuf;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Serves one request type. A handler is shared by all connections and keeps no state of a request in itself; it is
 * called on the connection's loop and must not block. Whatever serves a request ends it exactly once through the
 * {@link Exchange}.
 */
public interface Handler {
    /** The request type; the broker advertises it because this handler exists. */
    ApiKeys api();

    /**
     * Starts to serve a request.
     *
     * @param body the request after its header. It stays valid until the exchange ends and is not the handler's to
     *     release.
     * @throws MalformedRequestException when the bytes are no such request; the connection is closed
     */
    void handle(ByteBuf body, Exchange exchange);

    /** The oldest version served. */
    default short oldestVersion() {
        return api().oldestVersion();
    }

    /** The newest version served. */
    default short latestVersion() {
        return api().latestVersion();
    }

    /**
     * Whether a request of this type may start while earlier ones of the same type on its connection are under way.
     * Answers keep their order all the same.
     */
    default boolean pipelined() {
        return false;
    }
}
