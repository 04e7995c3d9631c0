package io.sluice.network;

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
 */
public record ConnectionLimits(
        int maxConnections,
        int maxConnectionsPerAddress,
        long idleMs,
        long frameDeadlineMs,
        int maxFrameBytes,
        long maxQueuedFrameBytes,
        int maxInFlight) {}
