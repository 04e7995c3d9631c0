package io.sluice.cluster;

import io.sluice.base.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * One client of a {@link FakeCoordination}, on a loop that the test drives. Answers and watches come as tasks of the
 * loop. The test can cut the connection, lose the answer of a write that was carried out, and end the session.
 */
public final class FakeStore implements CoordinationStore {
    private static final SessionListener NOBODY = new SessionListener() {
        @Override
        public void connected(long sessionId, boolean fresh) {}

        @Override
        public void disconnected() {}

        @Override
        public void expired() {}
    };

    private final Loop loop;
    private final FakeCoordination server;
    private SessionListener listener = NOBODY;
    private long session;
    private boolean connected;
    private boolean closed;
    private boolean reachable = true;
    private int maxRequestBytes = 1_000_000;
    private long roundTripMs;
    private int requests;
    private Predicate<List<StoreOp>> loseAnswerOf = ops -> false;
    private Predicate<List<StoreOp>> loseRequestOf = ops -> false;
    private final List<Runnable> missedWatches = new ArrayList<>();
    private final List<List<StoreOp>> multis = new ArrayList<>();

    public FakeStore(Loop loop, FakeCoordination server) {
        this.loop = loop;
        this.server = server;
    }

    public long session() {
        return session;
    }

    public void setMaxRequestBytes(int bytes) {
        maxRequestBytes = bytes;
    }

    /** From now on answers take so long; those of requests that are sent at once come at once. */
    public void roundTripMs(long ms) {
        roundTripMs = ms;
    }

    /** How many requests were sent. */
    public int requests() {
        return requests;
    }

    /** Every transaction that was sent, lost ones too. */
    public List<List<StoreOp>> multis() {
        return multis;
    }

    /** The next transaction that matches is carried out, and then the connection breaks before the answer. */
    public void loseAnswerOf(Predicate<List<StoreOp>> which) {
        loseAnswerOf = which;
    }

    /** The next transaction that matches never arrives, because the connection breaks first. */
    public void loseRequestOf(Predicate<List<StoreOp>> which) {
        loseRequestOf = which;
    }

    /** Cuts the connection; the session lives on at the server. */
    public void disconnect() {
        reachable = false;
        if (connected) {
            connected = false;
            loop.execute(() -> listener.disconnected());
        }
    }

    /** Lets the client reach the server again: the same session if it lives, else it learns that it is over. */
    public void reconnect() {
        reachable = true;
        loop.execute(this::connect);
    }

    /** The server gives the session up, and the client is told when it can be. */
    public void expire() {
        server.endSession(session);
        if (reachable) {
            loop.execute(this::connect);
        }
    }

    /** The client's process is gone: nothing it asks is done any more, and the server does not know. */
    public void die() {
        closed = true;
        connected = false;
    }

    /** The client gives its session up for lost and opens a new one, while the server still holds the old one. */
    public void loseSession() {
        loop.execute(() -> {
            connected = false;
            session = 0;
            missedWatches.clear();
            listener.expired();
            connect();
        });
    }

    /** The client gives its session up since it reaches no server for longer than that lasts. */
    public void giveUp() {
        disconnect();
        loop.execute(() -> {
            session = 0;
            missedWatches.clear();
            listener.expired();
        });
    }

    @Override
    public void start(SessionListener sessionListener) {
        listener = sessionListener;
        loop.execute(this::connect);
    }

    private void connect() {
        if (closed || !reachable) {
            return;
        }
        if (session != 0 && !server.isAlive(session)) {
            connected = false;
            session = 0;
            missedWatches.clear();
            listener.expired();
        }
        if (!connected) {
            boolean fresh = session == 0;
            session = fresh ? server.openSession() : session;
            connected = true;
            List<Runnable> missed = List.copyOf(missedWatches);
            missedWatches.clear();
            missed.forEach(Runnable::run);
            listener.connected(session, fresh);
        }
    }

    @Override
    public CompletionStage<NodeStat> create(String path, byte[] data, boolean ephemeral) {
        return call(data.length, () -> server.create(path, data, ephemeral ? session : 0));
    }

    @Override
    public CompletionStage<StoredNode> get(String path) {
        return call(0, () -> server.get(path));
    }

    @Override
    public CompletionStage<StoredNode> get(String path, Runnable watch) {
        return call(0, () -> {
            watch(path, false, watch);
            return server.get(path);
        });
    }

    @Override
    public CompletionStage<List<Optional<StoredNode>>> getAll(List<String> paths) {
        return call(0, () -> paths.stream().map(this::find).toList());
    }

    private Optional<StoredNode> find(String path) {
        try {
            return Optional.of(server.get(path));
        } catch (StoreException e) {
            return Optional.empty();
        }
    }

    @Override
    public CompletionStage<NodeStat> set(String path, byte[] data, int version) {
        return call(data.length, () -> server.set(path, data, version));
    }

    @Override
    public CompletionStage<Void> delete(String path, int version) {
        return call(0, () -> {
            server.delete(path, version);
            return null;
        });
    }

    @Override
    public CompletionStage<List<String>> children(String path) {
        return call(0, () -> server.children(path));
    }

    @Override
    public CompletionStage<List<String>> children(String path, Runnable watch) {
        return call(0, () -> {
            watch(path, true, watch);
            return server.children(path);
        });
    }

    @Override
    public CompletionStage<Void> multi(List<StoreOp> ops) {
        multis.add(List.copyOf(ops));
        if (connected && loseRequestOf.test(ops)) {
            loseRequestOf = each -> false;
            return broken();
        }
        if (connected && loseAnswerOf.test(ops) && server.isAlive(session)) {
            loseAnswerOf = each -> false;
            try {
                server.multi(ops, session);
            } catch (StoreException refused) {
                // the refusal is the answer that is lost
            }
            return broken();
        }
        int bytes = ops.stream().mapToInt(StoreOp::requestBytes).sum();
        return call(bytes, () -> {
            server.multi(ops, session);
            return null;
        });
    }

    @Override
    public Optional<SessionKey> sessionKey() {
        return session == 0 ? Optional.empty() : Optional.of(new SessionKey(session, new byte[0]));
    }

    @Override
    public CompletionStage<Void> endSession(SessionKey key) {
        return call(0, () -> {
            server.endSession(key.id());
            return null;
        });
    }

    @Override
    public int maxRequestBytes() {
        return maxRequestBytes;
    }

    @Override
    public CompletionStage<Void> close() {
        closed = true;
        connected = false;
        if (reachable) {
            server.endSession(session);
        }
        return CompletableFuture.completedStage(null);
    }

    private CompletionStage<Void> broken() {
        disconnect();
        return call(0, () -> null);
    }

    private void watch(String path, boolean children, Runnable watch) {
        long owner = session;
        server.watch(
                path,
                children,
                fired -> loop.execute(() -> {
                    if (owner != session || closed) {
                        return;
                    }
                    if (connected) {
                        watch.run();
                    } else {
                        missedWatches.add(watch);
                    }
                }));
    }

    private <T> CompletionStage<T> call(int bytes, Supplier<T> onServer) {
        CompletableFuture<T> stage = new CompletableFuture<>();
        requests++;
        if (bytes > maxRequestBytes) {
            fail(stage, StoreFailure.TOO_LARGE);
        } else if (closed) {
            fail(stage, StoreFailure.CLOSED);
        } else if (!connected) {
            fail(stage, StoreFailure.CONNECTION_LOST);
        } else if (!server.isAlive(session)) {
            fail(stage, StoreFailure.SESSION_EXPIRED);
            loop.execute(this::connect);
        } else {
            answer(stage, onServer);
        }
        return stage;
    }

    private <T> void answer(CompletableFuture<T> stage, Supplier<T> onServer) {
        try {
            T value = onServer.get();
            later(() -> stage.complete(value));
        } catch (StoreException e) {
            later(() -> stage.completeExceptionally(e));
        }
    }

    private void later(Runnable answer) {
        if (roundTripMs == 0) {
            loop.execute(answer);
        } else {
            loop.schedule(roundTripMs, answer);
        }
    }

    private <T> void fail(CompletableFuture<T> stage, StoreFailure failure) {
        loop.execute(() -> stage.completeExceptionally(new StoreException(failure, failure.toString())));
    }
}
