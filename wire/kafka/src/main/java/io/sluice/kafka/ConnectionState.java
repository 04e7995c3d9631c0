package io.sluice.kafka;

import io.sluice.network.Connection;
import org.jspecify.annotations.Nullable;

/** What handlers remember of a connection between requests. Owned by the connection's loop. */
public final class ConnectionState {
    private final Connection connection;
    private final boolean forBrokers;
    private String clientSoftware = "unknown";
    private @Nullable Runnable waiting;
    private @Nullable Runnable kept;
    private boolean closed;

    ConnectionState(Connection connection, boolean forBrokers) {
        this.connection = connection;
        this.forBrokers = forBrokers;
    }

    public Connection connection() {
        return connection;
    }

    /** Whether it came to the listener that is for other brokers, maybe among others. */
    public boolean forBrokers() {
        return forBrokers;
    }

    /** Name and version of the client library as it said in ApiVersions (KIP-511), or {@code unknown}. */
    public String clientSoftware() {
        return clientSoftware;
    }

    public void setClientSoftware(String software) {
        clientSoftware = software;
    }

    /**
     * What to call off when the connection closes, at once if it has: the one request that waits for something to
     * happen. Null once it waits no more.
     */
    public void waiting(@Nullable Runnable cancel) {
        waiting = cancel;
        if (closed) {
            close();
        }
    }

    /**
     * What to end when the connection closes, at once if it has: something that outlives the requests, of which a
     * connection has one. What was kept before ends now.
     */
    public void keep(Runnable end) {
        Runnable before = kept;
        kept = end;
        if (before != null) {
            before.run();
        }
        if (closed) {
            close();
        }
    }

    void close() {
        closed = true;
        Runnable end = kept;
        kept = null;
        if (end != null) {
            end.run();
        }
        Runnable cancel = waiting;
        waiting = null;
        if (cancel != null) {
            cancel.run();
        }
    }
}
