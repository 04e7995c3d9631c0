package io.sluice.kafka;

import io.sluice.network.Connection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What handlers remember of a connection between requests. Owned by the connection's loop. */
public final class ConnectionState {
    private final Connection connection;
    private final List<Runnable> onClose = new ArrayList<>();
    private String clientSoftware = "unknown";
    private @Nullable Object fetches;
    private boolean closed;

    ConnectionState(Connection connection) {
        this.connection = connection;
    }

    public Connection connection() {
        return connection;
    }

    /** Name and version of the client library as it said in ApiVersions (KIP-511), or {@code unknown}. */
    public String clientSoftware() {
        return clientSoftware;
    }

    public void setClientSoftware(String software) {
        clientSoftware = software;
    }

    /** The fetch handler's state of this connection, made on first use. */
    public <T> T fetches(Class<T> type, java.util.function.Supplier<T> make) {
        Object current = fetches;
        if (current == null) {
            current = make.get();
            fetches = current;
        }
        return type.cast(current);
    }

    /** Runs {@code action} on the loop when the connection has closed, at once if it has. */
    public void onClose(Runnable action) {
        if (closed) {
            action.run();
        } else {
            onClose.add(action);
        }
    }

    void close() {
        closed = true;
        onClose.forEach(Runnable::run);
        onClose.clear();
    }
}
