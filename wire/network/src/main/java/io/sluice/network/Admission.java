package io.sluice.network;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts connections over all listeners, in total and by client address, and holds the shared frame budget. */
public final class Admission {
    private static final Logger log = LoggerFactory.getLogger(Admission.class);

    private final ConnectionLimits limits;
    private volatile IntSupplier maxConnections;
    private volatile IntSupplier maxConnectionsPerAddress;
    private final FrameMemory memory;
    private final AtomicInteger total = new AtomicInteger();
    /** Bounded by the number of open connections: an address leaves with its last one. */
    private final ConcurrentHashMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

    public Admission(ConnectionLimits limits) {
        this.limits = limits;
        this.maxConnections = limits::maxConnections;
        this.maxConnectionsPerAddress = limits::maxConnectionsPerAddress;
        this.memory = new FrameMemory(limits.maxQueuedFrameBytes());
    }

    /** From now on asks for the two bounds whenever a client connects: they may be altered while the broker runs. */
    public void follow(IntSupplier connections, IntSupplier connectionsPerAddress) {
        this.maxConnections = connections;
        this.maxConnectionsPerAddress = connectionsPerAddress;
    }

    ConnectionLimits limits() {
        return limits;
    }

    FrameMemory memory() {
        return memory;
    }

    /** Whether one more connection from {@code address} is allowed; if so it is counted until {@link #leave}. */
    boolean admit(InetAddress address) {
        int max = maxConnections.getAsInt();
        if (total.incrementAndGet() > max) {
            total.decrementAndGet();
            log.warn("refusing a connection from {}: {} are open (max.connections)", address, max);
            return false;
        }
        int fromHere = byAddress.merge(address, 1, Integer::sum);
        int maxFromHere = maxConnectionsPerAddress.getAsInt();
        if (fromHere > maxFromHere) {
            leave(address);
            log.warn("refusing a connection from {}: it has {} open (max.connections.per.ip)", address, maxFromHere);
            return false;
        }
        return true;
    }

    void leave(InetAddress address) {
        total.decrementAndGet();
        byAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }
}
