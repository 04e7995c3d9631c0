package io.sluice.kafka;

import io.netty.buffer.ByteBuf;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;

/** A handler whose request is decoded into kafka-clients' generated class: all but the hot paths. */
public abstract class MessageHandler<Q extends ApiMessage> implements Handler {
    /**
     * A request of many tiny items takes several tens of times its bytes once it is decoded; the bound keeps that within
     * a part of the heap. No client comes near it: a commit of ten thousand partitions has 300 KB.
     */
    private static final int MAX_BODY_BYTES =
            (int) Math.min(64 << 20, Math.max(1 << 20, Runtime.getRuntime().maxMemory() / 128));

    private final ApiKeys api;

    protected MessageHandler(ApiKeys api) {
        this.api = api;
    }

    @Override
    public final ApiKeys api() {
        return api;
    }

    @Override
    public final void handle(ByteBuf body, Exchange exchange) {
        Q request = decode(body, exchange.version());
        exchange.frameRead(); // decoding has copied whatever the request carries
        handle(request, exchange);
    }

    /** Starts to serve a decoded request; see {@link Handler#handle}. */
    protected abstract void handle(Q request, Exchange exchange);

    @SuppressWarnings("unchecked") // the message type of an API key makes requests of that key's class
    private Q decode(ByteBuf body, short version) {
        if (body.readableBytes() > MAX_BODY_BYTES) {
            throw new MalformedRequestException(api.name + " of " + body.readableBytes() + " bytes is larger than the "
                    + MAX_BODY_BYTES + " that this broker's heap allows");
        }
        ApiMessage request = api.messageType.newRequest();
        try {
            request.read(new ByteBufferAccessor(body.nioBuffer()), version);
        } catch (RuntimeException e) {
            throw new MalformedRequestException(api.name + " v" + version + " cannot be read: " + e.getMessage());
        }
        return (Q) request;
    }
}
