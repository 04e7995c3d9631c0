package io.sluice.network;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts connections over all listeners, in total and by client address, and holds the shared frame budget. */
public final class Admission {
    private static final Logger log = LoggerFactory.getLogger(Admission.class);

    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final String FRAMES_BOUNDED_BY =
            "socket.request.max.bytes, and what queued.max.request.bytes or the heap leave to frames on their way";

    private final ConnectionLimits limits;
    private volatile IntSupplier maxConnections;
    private volatile IntSupplier maxConnectionsPerAddress;
    private final FrameMemory memory;
    private final ByteBudget answers;
    private final Complaints complaints = new Complaints();
    private final AtomicLong pacedNanos = new AtomicLong(Long.MIN_VALUE / 2);
    private final AtomicInteger total = new AtomicInteger();
    /** Bounded by the number of open connections: an address leaves with its last one. */
    private final ConcurrentHashMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

    public Admission(ConnectionLimits limits) {
        this.limits = limits;
        this.maxConnections = limits::maxConnections;
        this.maxConnectionsPerAddress = limits::maxConnectionsPerAddress;
        this.memory = new FrameMemory(limits.maxQueuedFrameBytes(), FRAMES_BOUNDED_BY);
        this.answers = new ByteBudget(limits.maxUnsentBytes(), limits.maxUnsentBytes());
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

    /** Bytes of answers that clients have not taken yet. */
    ByteBudget answers() {
        return answers;
    }

    Complaints complaints() {
        return complaints;
    }

    /** Whether one more connection from {@code address} is allowed; if so it is counted until {@link #leave}. */
    boolean admit(InetAddress address, long nowNanos) {
        int max = maxConnections.getAsInt();
        if (total.incrementAndGet() > max) {
            total.decrementAndGet();
            if (complaints.mayLog(log, nowNanos)) {
                log.warn("refusing a connection from {}: {} are open (max.connections)", address, max);
            }
            return false;
        }
        int fromHere = byAddress.merge(address, 1, Integer::sum);
        int maxFromHere = limits.overrides().getOrDefault(address, maxConnectionsPerAddress.getAsInt());
        if (fromHere > maxFromHere) {
            leave(address);
            if (complaints.mayLog(log, nowNanos)) {
                log.warn(
                        "refusing a connection from {}: it has {} open (max.connections.per.ip)", address, maxFromHere);
            }
            return false;
        }
        return true;
    }

    /**
     * How long to accept nothing more, so that over a second no more than {@code max.connection.creation.rate} come in.
     *
     * @return nanoseconds, 0 to go on at once
     */
    long pauseNanos(long nowNanos) {
        int rate = limits.maxConnectionRate();
        if (rate == Integer.MAX_VALUE) {
            return 0;
        }
        long each = SECOND_NANOS / rate;
        // When all that came in would have come at an even pace; a second's worth may come at once.
        long paced = pacedNanos.accumulateAndGet(nowNanos, (last, now) -> Math.max(last, now) + each);
        return Math.max(0, paced - nowNanos - SECOND_NANOS);
    }

    void leave(InetAddress address) {
        total.decrementAndGet();
        byAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }
}
