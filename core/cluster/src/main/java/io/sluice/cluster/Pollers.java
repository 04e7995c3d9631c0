package io.sluice.cluster;

import io.sluice.base.Loop;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which broker polls the controller over which connection, to notice at once when a process dies: its connection closes
 * and it does not come back. Who only lost a connection polls over another within moments. Control loop.
 */
final class Pollers {
    private static final long GRACE_MS = 100;
    /** How soon to look again at one of whom nothing could be learnt, and how often. */
    private static final long AGAIN_MS = 500;

    private static final int MAX_LOOKS = 20;
    private static final int MAX_CONNECTIONS = 10_000;

    /** What is to be done about a broker whose polls ended. */
    interface Events {
        /** Whether the broker is still registered, so that it is worth looking again. */
        boolean pollsEnded(Asker broker);
    }

    private final Loop loop;
    private final Events events;
    /** Looked up only, never gone through. */
    private final Map<Object, Asker> byConnection = new IdentityHashMap<>();

    private final Map<Integer, Object> latestConnection = new TreeMap<>();

    Pollers(Loop loop, Events events) {
        this.loop = loop;
        this.events = events;
    }

    void polled(Object connection, Asker broker) {
        if (byConnection.size() < MAX_CONNECTIONS || byConnection.containsKey(connection)) {
            byConnection.put(connection, broker);
            latestConnection.put(broker.brokerId(), connection);
        }
    }

    void closed(Object connection) {
        Asker broker = byConnection.remove(connection);
        if (broker != null && latestConnection.get(broker.brokerId()) == connection) {
            loop.schedule(GRACE_MS, () -> ended(broker, connection, 1));
        }
    }

    private void ended(Asker broker, Object connection, int look) {
        if (latestConnection.get(broker.brokerId()) != connection) {
            return; // it polls again
        }
        if (events.pollsEnded(broker) && look < MAX_LOOKS) {
            loop.schedule(AGAIN_MS, () -> ended(broker, connection, look + 1));
        } else {
            latestConnection.remove(broker.brokerId());
        }
    }
}
