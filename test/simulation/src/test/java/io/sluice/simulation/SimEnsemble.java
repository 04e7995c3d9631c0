package io.sluice.simulation;

import io.sluice.cluster.FakeCoordination;
import io.sluice.cluster.SessionKey;
import io.sluice.cluster.StoreException;
import io.sluice.cluster.StoreFailure;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The coordination service behind its network address: sessions with their time-outs in front of the
 * {@link FakeCoordination}, whose tree outlives a restart. It can be killed, stopped and started again.
 */
final class SimEnsemble {
    private static final long LOOK_EVERY_MS = 200;

    private static final class Session {
        final long id;
        final long timeoutNanos;

        @Nullable
        SimConnection connection;

        long heardNanos;
        /** Watches that fired and that the client is not known to have heard: a new connection brings them again. */
        final Set<Fired> unheard = new LinkedHashSet<>();

        Session(long id, long timeoutNanos) {
            this.id = id;
            this.timeoutNanos = timeoutNanos;
        }
    }

    /** A watch that fired; itself and no other, as the same callback may watch several nodes. */
    private static final class Fired {
        final Runnable watch;

        Fired(Runnable watch) {
            this.watch = watch;
        }
    }

    private final Simulation simulation;
    private final SimNetwork network;
    private final SimHost host;
    private final FakeCoordination tree = new FakeCoordination();
    private final Map<Long, Session> sessions = new TreeMap<>();
    private SimProcess process;
    private SimLoop loop;

    SimEnsemble(Simulation simulation, SimNetwork network) {
        this.simulation = simulation;
        this.network = network;
        this.host = new SimHost(simulation, 0, "store");
        this.process = new SimProcess(simulation, host.clock(), 0, "store");
        this.loop = process.newLoop(0, "store");
        listen();
    }

    SimHost host() {
        return host;
    }

    /** What is in it, to be compared with what brokers believe. */
    FakeCoordination tree() {
        return tree;
    }

    SimProcess process() {
        return process;
    }

    void kill() {
        process.kill();
        host.silence();
        network.died(process);
    }

    /** Starts it again, if it was killed: sessions begin to count anew. */
    void start() {
        if (process.alive()) {
            return;
        }
        process = new SimProcess(simulation, host.clock(), 0, "store");
        loop = process.newLoop(0, "store");
        sessions.values().forEach(session -> session.connection = null);
        listen();
    }

    /** Goes on after a stop; it is up to the seed whether the lost time counts against the sessions. */
    void resume() {
        if (simulation.pace().oneIn(2)) {
            sessions.values().forEach(session -> session.heardNanos = simulation.nowNanos());
        }
        process.resume();
    }

    private void listen() {
        host.listen(process, loop);
        sessions.values().forEach(session -> session.heardNanos = simulation.nowNanos());
        loop.schedule(LOOK_EVERY_MS, this::expireTheSilent);
    }

    private void expireTheSilent() {
        for (Session session : List.copyOf(sessions.values())) {
            if (simulation.nowNanos() - session.heardNanos > session.timeoutNanos) {
                simulation.say("store", "session " + session.id + " expires");
                end(session.id);
            }
        }
        loop.schedule(LOOK_EVERY_MS, this::expireTheSilent);
    }

    /**
     * A client begins, with the session that it had (0 for none).
     *
     * @param accepted told the session and whether it is a new one
     * @param expired told when that session is over
     */
    void hello(
            SimConnection connection,
            long had,
            long timeoutNanos,
            BiConsumer<Long, Boolean> accepted,
            Runnable expired) {
        if (had != 0 && !tree.isAlive(had)) {
            connection.toClient("expired", expired);
            return;
        }
        boolean fresh = had == 0;
        Session session = fresh
                ? new Session(tree.openSession(), timeoutNanos)
                : sessions.computeIfAbsent(had, id -> new Session(id, timeoutNanos));
        sessions.put(session.id, session);
        SimConnection before = session.connection;
        if (before != null && before != connection) {
            before.closeByServer();
        }
        session.connection = connection;
        session.heardNanos = simulation.nowNanos();
        List.copyOf(session.unheard).forEach(fired -> tell(session, fired));
        connection.toClient("connected", () -> accepted.accept(session.id, fresh));
    }

    void ping(SimConnection connection, long id, Runnable pong) {
        if (current(connection, id) != null) {
            connection.toClient("pong", pong);
        }
    }

    /** Carries out a request of a session, if it is this connection's. */
    <T> void request(
            SimConnection connection,
            long id,
            Supplier<T> work,
            BiConsumer<@Nullable T, @Nullable StoreException> answer) {
        if (current(connection, id) == null) {
            return;
        }
        try {
            T value = work.get();
            connection.toClient("answer", () -> answer.accept(value, null));
        } catch (StoreException e) {
            connection.toClient("refusal", () -> answer.accept(null, e));
        }
    }

    /** The session if it lives and this is its connection; what comes over an older one is not heard. */
    private @Nullable Session current(SimConnection connection, long id) {
        Session session = sessions.get(id);
        if (session == null || session.connection != connection || !tree.isAlive(id)) {
            connection.closeByServer();
            return null;
        }
        session.heardNanos = simulation.nowNanos();
        return session;
    }

    void watch(long id, String path, boolean children, Runnable watch) {
        tree.watch(path, children, gone -> {
            Session session = sessions.get(id);
            if (session != null) {
                Fired fired = new Fired(watch);
                session.unheard.add(fired);
                tell(session, fired);
            }
        });
    }

    private static void tell(Session session, Fired fired) {
        SimConnection connection = session.connection;
        if (connection != null) {
            connection.toClient("watch", () -> {
                if (session.unheard.remove(fired)) {
                    fired.watch.run();
                }
            });
        }
    }

    void end(SessionKey key) {
        if (key.password().length != Long.BYTES) {
            throw new StoreException(StoreFailure.INVALID, "a wrong key for session " + key.id());
        }
        end(key.id());
    }

    void end(long id) {
        Session session = sessions.remove(id);
        tree.endSession(id);
        if (session != null && session.connection != null) {
            session.connection.closeByServer();
        }
    }
}
