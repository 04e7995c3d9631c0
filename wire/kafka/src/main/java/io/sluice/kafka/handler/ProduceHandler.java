package io.sluice.kafka.handler;

import io.netty.buffer.ByteBuf;
import io.sluice.engine.Engine;
import io.sluice.engine.Partitions;
import io.sluice.kafka.Exchange;
import io.sluice.kafka.Handler;
import io.sluice.kafka.MalformedRequestException;
import io.sluice.kafka.WireReader;
import java.util.UUID;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/**
 * Produce (key 0, versions 3 to 13): parsed by hand, since every record of every producer comes through here.
 *
 * <pre>
 *   transactional id (nullable string) | acks (int16) | timeout (int32)
 *   | topics: [ name (string, to v12) or id (uuid, v13) | partitions: [ index (int32) | records (bytes) ] ]
 * </pre>
 *
 * <p>Batches are checked here, on the connection's loop, and handed to their partitions' home loops by
 * {@link ProduceOperation}.
 */
public final class ProduceHandler implements Handler {
    static final int FLEXIBLE_FROM = 9;
    static final int TOPIC_ID_FROM = 13;
    private static final int MIN_TOPIC_BYTES = 3;
    private static final int MIN_PARTITION_BYTES = 5;

    private final Engine engine;
    private final Partitions partitions;

    public ProduceHandler(Engine engine) {
        this.engine = engine;
        this.partitions = engine.partitions();
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.PRODUCE;
    }

    @Override
    public boolean pipelined() {
        return true;
    }

    @Override
    public void handle(ByteBuf body, Exchange exchange) {
        boolean flexible = exchange.version() >= FLEXIBLE_FROM;
        boolean byId = exchange.version() >= TOPIC_ID_FROM;
        String transactionalId = WireReader.readNullableString(body, flexible);
        short acks = WireReader.readShort(body);
        int timeoutMs = WireReader.readInt(body);
        ProduceOperation operation = new ProduceOperation(engine, exchange, acks, timeoutMs, transactionalId != null);
        int topics = WireReader.readArrayLength(body, flexible, MIN_TOPIC_BYTES);
        for (int i = 0; i < topics; i++) {
            readTopic(body, flexible, byId, operation);
        }
        if (flexible) {
            WireReader.skipTaggedFields(body);
        }
        operation.start();
    }

    private void readTopic(ByteBuf body, boolean flexible, boolean byId, ProduceOperation operation) {
        UUID id = byId ? WireReader.readUuid(body) : null;
        String name = byId ? null : WireReader.readString(body, flexible);
        Partitions.@Nullable Topic topic = id != null ? partitions.topic(id) : partitions.topic(require(name));
        int count = WireReader.readArrayLength(body, flexible, MIN_PARTITION_BYTES);
        operation.topic(name, id, topic, count);
        for (int i = 0; i < count; i++) {
            int index = WireReader.readInt(body);
            int bytes = WireReader.readBytesLength(body, flexible);
            operation.partition(index, body, bytes);
            body.skipBytes(Math.max(bytes, 0));
            if (flexible) {
                WireReader.skipTaggedFields(body);
            }
        }
        if (flexible) {
            WireReader.skipTaggedFields(body);
        }
    }

    private static String require(@Nullable String name) {
        if (name == null) {
            throw new MalformedRequestException("a topic without a name");
        }
        return name;
    }
}
