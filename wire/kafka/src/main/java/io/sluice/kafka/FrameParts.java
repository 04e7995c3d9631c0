package io.sluice.kafka;

import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;

/** An answer made of buffers and file regions, in order. Its parts are written and released by the connection. */
public final class FrameParts {
    private final List<Object> parts = new ArrayList<>();

    /** Adds a {@link io.netty.buffer.ByteBuf} or {@link io.netty.channel.FileRegion}; takes over its reference. */
    public void add(Object part) {
        parts.add(part);
    }

    /** The parts so far, in order. */
    public List<Object> parts() {
        return parts;
    }

    /** Releases everything, sent or not. */
    public void release() {
        parts.forEach(ReferenceCountUtil::safeRelease);
    }
}
