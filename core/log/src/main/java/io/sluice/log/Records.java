package io.sluice.log;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;

/** The one place that touches Kafka's record classes: building and decoding batches. Stateless; any thread. */
public final class Records {
    private Records() {}

    /** Builds one batch without a producer. */
    public static ByteBuffer batch(Codec codec, List<LogRecord> records) {
        throw new UnsupportedOperationException("lands within the hour");
    }

    /** Hands over the records of all whole batches between position and limit, in order. */
    public static void forEach(ByteBuffer batches, Consumer<LogRecord> consumer) {
        throw new UnsupportedOperationException("lands within the hour");
    }
}
