package io.sluice.log;

import java.util.OptionalInt;

/** {@code compression.type} of a topic. */
public sealed interface CompressionRule {
    CompressionRule AS_SENT = new AsSent();

    /** {@code producer}: batches stay as the producer compressed them. */
    record AsSent() implements CompressionRule {}

    /**
     * Batches that come in another codec are re-encoded.
     *
     * @param codec what the log holds
     * @param level the codec's level, empty for its default
     */
    record Recompress(Codec codec, OptionalInt level) implements CompressionRule {}
}
