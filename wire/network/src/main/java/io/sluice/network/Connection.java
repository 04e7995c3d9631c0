package io.sluice.network;

import io.sluice.base.Loop;
import java.net.InetSocketAddress;

/**
 * An accepted connection as its front end sees it: who is at the other end, and the way to say that a frame has been
 * dealt with. Owned by its loop.
 */
public final class Connection {
    private final long id;
    private final Loop loop;
    private final InetSocketAddress remote;
    private final InetSocketAddress local;
    private final String listener;
    private final FrameReader frames;

    Connection(
            long id,
            Loop loop,
            InetSocketAddress remote,
            InetSocketAddress local,
            String listener,
            FrameReader frames) {
        this.id = id;
        this.loop = loop;
        this.remote = remote;
        this.local = local;
        this.listener = listener;
        this.frames = frames;
    }

    /** Unique within this process, in order of acceptance. */
    public long id() {
        return id;
    }

    public Loop loop() {
        return loop;
    }

    public InetSocketAddress remote() {
        return remote;
    }

    /** The address that the client reached. */
    public InetSocketAddress local() {
        return local;
    }

    /** The name of the listener that accepted the connection. */
    public String listener() {
        return listener;
    }

    /**
     * The request of one frame has been answered, or needs no answer: its bytes count no longer and the next frame may
     * start. Exactly once per frame, on the connection's loop.
     *
     * @param frameBytes the frame's length, without its length prefix
     */
    public void frameDone(int frameBytes) {
        frames.frameDone(frameBytes);
    }

    @Override
    public String toString() {
        return "connection " + id + " from " + remote.getAddress().getHostAddress() + ":" + remote.getPort();
    }
}
