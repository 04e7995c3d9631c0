package io.sluice.network;

import io.sluice.base.Loop;
import java.net.InetSocketAddress;
import org.slf4j.Logger;

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
    private final UnsentAnswers answers;
    private final Complaints complaints;

    Connection(
            long id,
            Loop loop,
            InetSocketAddress remote,
            InetSocketAddress local,
            String listener,
            FrameReader frames,
            UnsentAnswers answers,
            Complaints complaints) {
        this.id = id;
        this.loop = loop;
        this.remote = remote;
        this.local = local;
        this.listener = listener;
        this.frames = frames;
        this.answers = answers;
        this.complaints = complaints;
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

    /**
     * The request of one frame has been taken out of it and the frame was released, though the answer may be long in
     * coming: its bytes count no longer. At most once per frame and before {@link #frameDone}, which is then told 0
     * bytes; on the connection's loop.
     */
    public void frameRead(int frameBytes) {
        frames.frameRead(frameBytes);
    }

    /**
     * Whether a request may be started: not while the answers that clients do not read take all the memory there is for
     * them. If not, {@code resume} is called on the connection's loop once it is worth asking again.
     */
    public boolean mayAnswer(Runnable resume) {
        return answers.mayAnswer(resume);
    }

    /** Whether memory for answers is short: what can be sent without being copied should be. */
    public boolean answersShort() {
        return answers.isShort();
    }

    /** Whether a line about what this client did wrong may be written: misbehaving clients share so many a second. */
    public boolean mayComplain(Logger log) {
        return complaints.mayLog(log, loop.clock().nanoTime());
    }

    @Override
    public String toString() {
        return "connection " + id + " from " + remote.getAddress().getHostAddress() + ":" + remote.getPort();
    }
}
