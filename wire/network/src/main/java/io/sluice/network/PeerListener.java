package io.sluice.network;

import io.netty.buffer.ByteBuf;

/** What a connection to another node tells its user. All calls come on the connection's loop, one after the other. */
public interface PeerListener {
    /**
     * A whole frame has come.
     *
     * @param frame its bytes without the length, in one piece; valid during the call and not the listener's to release
     */
    void onFrame(ByteBuf frame);

    /**
     * The connection is over, or could not be made. Called once, never within a call to the connection, and nothing
     * after it.
     *
     * @param why for the log
     */
    void onClosed(String why);
}
