package io.sluice.zookeeper;

import java.io.IOException;

/** A port that a server wants is taken, or its address is none of this machine's; the message names both. */
public final class BusyPortException extends IOException {
    private static final long serialVersionUID = 1L;

    BusyPortException(String host, int port, String use, IOException cause) {
        super("port " + port + " of " + host + ", for " + use + ": " + cause.getMessage(), cause);
    }
}
