package io.sluice.simulation;

import io.sluice.base.Cancellable;
import io.sluice.cluster.CoordinationStore;
import io.sluice.cluster.NodeStat;
import io.sluice.cluster.SessionKey;
import io.sluice.cluster.StoreException;
import io.sluice.cluster.StoreFailure;
import io.sluice.cluster.StoreOp;
import io.sluice.cluster.StoredNode;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A broker's client of the {@link SimEnsemble}: requests and answers take their time, connections break with requests
 * and answers on them, and a session that was silent too long is over when the client comes back. Control loop.
 */
final class SimStore implements CoordinationStore {
    private final SimEnsemble ensemble;
    private final SimNetwork network;
    private final SimHost here;
    private final SimProcess process;
    private final SimLoop loop;
    private final long timeoutMs;
    private final Map<Long, CompletableFuture<?>> pending = new LinkedHashMap<>();
    private @Nullable SessionListener listener;
    private @Nullable SimConnection connection;
    private Cancellable heartbeat = () -> {};
    private long lastRequest;
    private long session;
    private boolean connected;
    private boolean closed;
    private long heardNanos;

    SimStore(SimEnsemble ensemble, SimNetwork network, SimHost here, SimProcess process, SimLoop loop, long timeoutMs) {
        this.ensemble = ensemble;
        this.network = network;
        this.here = here;
        this.process = process;
        this.loop = loop;
        this.timeoutMs = timeoutMs;
    }

    /** The session that this client believes to have, 0 for none. */
    long sessionId() {
        return session;
    }

    @Override
    public void start(SessionListener sessionListener) {
        listener = sessionListener;
        connect();
    }

    private void connect() {
        if (closed) {
            return;
        }
        SimConnection[] opened = new SimConnection[1];
        opened[0] = network.connect(here, process, loop, ensemble.host(), () -> lost(opened[0]));
        connection = opened[0];
        heardNanos = process.clock().nanoTime();
        long had = session;
        opened[0].toServer(
                "hello",
                () -> ensemble.hello(
                        opened[0],
                        had,
                        timeoutMs * Simulation.MILLIS,
                        (id, fresh) -> accepted(opened[0], id, fresh),
                        () -> expired(opened[0])));
        beat(opened[0]);
    }

    private void accepted(SimConnection on, long id, boolean fresh) {
        if (on != connection || closed) {
            return;
        }
        heardNanos = process.clock().nanoTime();
        session = id;
        connected = true;
        told().connected(id, fresh);
    }

    private void expired(SimConnection on) {
        if (on != connection || closed) {
            return;
        }
        session = 0;
        told().expired();
        drop();
        connect();
    }

    private SessionListener told() {
        SessionListener known = listener;
        if (known == null) {
            throw new IllegalStateException("the store was not started");
        }
        return known;
    }

    /** The client's own watch over its connection: says that it lives and gives up when it hears nothing. */
    private void beat(SimConnection on) {
        heartbeat = loop.schedule(timeoutMs / 4, () -> {
            if (on != connection || closed) {
                return;
            }
            if (process.clock().nanoTime() - heardNanos > timeoutMs * Simulation.MILLIS * 2 / 3) {
                on.closeByClient();
                lost(on);
            } else {
                if (connected) {
                    long id = session;
                    on.toServer(
                            "ping",
                            () -> ensemble.ping(
                                    on, id, () -> heardNanos = process.clock().nanoTime()));
                }
                beat(on);
            }
        });
    }

    private void lost(SimConnection on) {
        if (on != connection || closed) {
            return;
        }
        drop();
        loop.schedule(network.simulation().pace().between(20, 400), () -> {
            if (connection == null) {
                connect();
            }
        });
    }

    private void drop() {
        heartbeat.cancel();
        SimConnection before = connection;
        connection = null;
        if (before != null && before.open()) {
            before.closeByClient();
        }
        boolean was = connected;
        connected = false;
        List<CompletableFuture<?>> unanswered = List.copyOf(pending.values());
        pending.clear();
        unanswered.forEach(stage -> fail(stage, StoreFailure.CONNECTION_LOST));
        if (was) {
            told().disconnected();
        }
    }

    @Override
    public CompletionStage<NodeStat> create(String path, byte[] data, boolean ephemeral) {
        long owner = ephemeral ? session : 0;
        return call(data.length, () -> ensemble.tree().create(path, data, owner));
    }

    @Override
    public CompletionStage<StoredNode> get(String path) {
        return call(0, () -> ensemble.tree().get(path));
    }

    @Override
    public CompletionStage<StoredNode> get(String path, Runnable watch) {
        long owner = session;
        return call(0, () -> {
            ensemble.watch(owner, path, false, watched(owner, watch));
            return ensemble.tree().get(path);
        });
    }

    @Override
    public CompletionStage<List<Optional<StoredNode>>> getAll(List<String> paths) {
        return call(0, () -> paths.stream().map(this::find).toList());
    }

    private Optional<StoredNode> find(String path) {
        try {
            return Optional.of(ensemble.tree().get(path));
        } catch (StoreException e) {
            return Optional.empty();
        }
    }

    @Override
    public CompletionStage<NodeStat> set(String path, byte[] data, int version) {
        return call(data.length, () -> ensemble.tree().set(path, data, version));
    }

    @Override
    public CompletionStage<Void> delete(String path, int version) {
        return call(0, () -> {
            ensemble.tree().delete(path, version);
            return null;
        });
    }

    @Override
    public CompletionStage<List<String>> children(String path) {
        return call(0, () -> ensemble.tree().children(path));
    }

    @Override
    public CompletionStage<List<String>> children(String path, Runnable watch) {
        long owner = session;
        return call(0, () -> {
            ensemble.watch(owner, path, true, watched(owner, watch));
            return ensemble.tree().children(path);
        });
    }

    @Override
    public CompletionStage<Void> multi(List<StoreOp> ops) {
        long owner = session;
        List<StoreOp> sent = List.copyOf(ops);
        return call(sent.stream().mapToInt(StoreOp::requestBytes).sum(), () -> {
            ensemble.tree().multi(sent, owner);
            return null;
        });
    }

    @Override
    public Optional<SessionKey> sessionKey() {
        return session == 0
                ? Optional.empty()
                : Optional.of(new SessionKey(
                        session,
                        ByteBuffer.allocate(Long.BYTES).putLong(session).array()));
    }

    @Override
    public CompletionStage<Void> endSession(SessionKey key) {
        return call(0, () -> {
            network.simulation().say("store", "session " + key.id() + " is ended by " + here);
            ensemble.end(key);
            return null;
        });
    }

    @Override
    public int maxRequestBytes() {
        return 1_000_000;
    }

    @Override
    public CompletionStage<Void> close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.run(() -> close(done));
        return done;
    }

    private void close(CompletableFuture<Void> done) {
        SimConnection last = connection;
        if (closed || last == null || !connected) {
            closed = true;
            done.complete(null);
            return;
        }
        closed = true;
        long id = session;
        last.toServer("goodbye", () -> {
            last.toClient("goodbye", () -> done.complete(null));
            ensemble.end(id);
        });
        loop.schedule(timeoutMs, () -> done.complete(null));
        pending.values().forEach(stage -> fail(stage, StoreFailure.CLOSED));
        pending.clear();
    }

    /** A watch is heard in its own session only. */
    private Runnable watched(long owner, Runnable watch) {
        return () -> {
            if (owner == session && !closed) {
                watch.run();
            }
        };
    }

    private <T> CompletionStage<T> call(int bytes, Supplier<@Nullable T> work) {
        CompletableFuture<T> stage = new CompletableFuture<>();
        SimConnection on = connection;
        if (bytes > maxRequestBytes()) {
            fail(stage, StoreFailure.TOO_LARGE);
        } else if (closed) {
            fail(stage, StoreFailure.CLOSED);
        } else if (!connected || on == null) {
            fail(stage, StoreFailure.CONNECTION_LOST);
        } else {
            long request = ++lastRequest;
            long id = session;
            pending.put(request, stage);
            on.toServer(
                    "request",
                    () -> ensemble.request(on, id, work, (value, failure) -> {
                        heardNanos = process.clock().nanoTime();
                        if (pending.remove(request) == null) {
                            return;
                        }
                        if (failure == null) {
                            stage.complete(value);
                        } else {
                            stage.completeExceptionally(failure);
                        }
                    }));
        }
        return stage;
    }

    private void fail(CompletableFuture<?> stage, StoreFailure failure) {
        loop.execute(() -> stage.completeExceptionally(new StoreException(failure, failure.toString())));
    }
}
