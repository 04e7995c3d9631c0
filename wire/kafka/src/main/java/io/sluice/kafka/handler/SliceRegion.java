package io.sluice.kafka.handler;

import io.netty.channel.DefaultFileRegion;
import io.sluice.log.LogSlice;
import java.nio.channels.FileChannel;

/** A slice of the log that leaves by sendfile. Gives the slice back when it is sent; the file stays the log's. */
final class SliceRegion extends DefaultFileRegion {
    private final LogSlice slice;

    /** Takes over one reference of {@code slice}. */
    SliceRegion(FileChannel channel, LogSlice slice) {
        super(channel, slice.position(), slice.bytes());
        this.slice = slice;
    }

    @Override
    protected void deallocate() {
        slice.close();
    }
}
