package io.sluice.kafka;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** An answer that is encoded at the last moment, on the connection's loop. */
@FunctionalInterface
public interface AnswerEncoder {
    /** The whole frame, length prefix included. */
    ByteBuf encode(ByteBufAllocator allocator);
}
