package io.sluice.network;

import java.net.InetAddress;
import java.util.Map;

/**
 * What a listener grants to its clients.
 *
 * @param maxConnections over all addresses ({@code max.connections})
 * @param maxConnectionsPerAddress from one client address ({@code max.connections.per.ip})
 * @param idleMs a connection without a byte in or out for this long is closed ({@code connections.max.idle.ms})
 * @param frameDeadlineMs a frame that has begun must be whole within this time, or the connection is closed
 * @param maxFrameBytes the largest frame accepted ({@code socket.request.max.bytes})
 * @param maxQueuedFrameBytes bytes of frames held over all connections before reading pauses
 *     ({@code queued.max.request.bytes})
 * @param maxInFlight requests of one connection that may be worked on at the same time
 * @param maxUnsentBytes bytes of answers held over all connections, because clients do not read them, before no more
 *     requests are started
 * @param maxConnectionRate connections accepted in a second, over all addresses ({@code max.connection.creation.rate})
 * @param overrides connections of single addresses that have a limit of their own
 *     ({@code max.connections.per.ip.overrides})
 */
public record ConnectionLimits(
        int maxConnections,
        int maxConnectionsPerAddress,
        long idleMs,
        long frameDeadlineMs,
        int maxFrameBytes,
        long maxQueuedFrameBytes,
        int maxInFlight,
        long maxUnsentBytes,
        int maxConnectionRate,
        Map<InetAddress, Integer> overrides) {
    /** With as much memory for answers as for requests, and no limit to the rate. */
    public ConnectionLimits(
            int maxConnections,
            int maxConnectionsPerAddress,
            long idleMs,
            long frameDeadlineMs,
            int maxFrameBytes,
            long maxQueuedFrameBytes,
            int maxInFlight) {
        this(
                maxConnections,
                maxConnectionsPerAddress,
                idleMs,
                frameDeadlineMs,
                maxFrameBytes,
                maxQueuedFrameBytes,
                maxInFlight,
                maxQueuedFrameBytes,
                Integer.MAX_VALUE,
                Map.of());
    }
}
