package io.sluice.zookeeper;

import io.sluice.base.Loop;
import io.sluice.base.Workers;
import io.sluice.cluster.CoordinationStore;
import io.sluice.cluster.NodeStat;
import io.sluice.cluster.SessionKey;
import io.sluice.cluster.StoreException;
import io.sluice.cluster.StoreFailure;
import io.sluice.cluster.StoreOp;
import io.sluice.cluster.StoredNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * The coordination store on a ZooKeeper ensemble, with ZooKeeper's own client and its asynchronous calls only.
 *
 * <p>The client runs two threads: one for the socket, one that hands over answers and events, in order. This class does
 * nothing on them but pass each on to the control loop, which owns all state here. Opening and closing a session, which
 * may block, happen on the workers. When a session ends a new one is opened by itself.
 */
public final class ZooKeeperStore implements CoordinationStore {
    /** ZooKeeper's servers take requests of just under 1 MiB unless told otherwise. */
    private static final int MAX_REQUEST_BYTES = 1_000_000;

    /**
     * How to reach the ensemble.
     *
     * @param connect host:port pairs separated by commas, then optionally a path to live under: {@code a:2181,b:2181/x}
     * @param sessionTimeoutMs how long a silent session lives; the servers bound it by their tick time
     */
    public record Options(String connect, int sessionTimeoutMs, Access access) {
        public Options(String connect, int sessionTimeoutMs) {
            this(connect, sessionTimeoutMs, Access.OPEN);
        }
    }

    private final Loop loop;
    private final Sessions sessions;
    /** What every path begins with. */
    private final String root;

    public ZooKeeperStore(Loop loop, Workers workers, Options options) {
        this.loop = loop;
        this.sessions = new Sessions(loop, workers, options.connect(), options.sessionTimeoutMs(), options.access());
        this.root = sessions.root();
    }

    @Override
    public void start(SessionListener listener) {
        loop.run(() -> sessions.start(listener));
    }

    @Override
    public CompletionStage<NodeStat> create(String path, byte[] data, boolean ephemeral) {
        return call(
                path,
                data.length,
                (zk, answer) -> zk.create(
                        root + path,
                        data,
                        sessions.acl(),
                        ephemeral ? CreateMode.EPHEMERAL : CreateMode.PERSISTENT,
                        (code, p, context, name, stat) -> answer.give(code, () -> stat(stat)),
                        null));
    }

    @Override
    public CompletionStage<StoredNode> get(String path) {
        return call(
                path,
                0,
                (zk, answer) -> zk.getData(
                        root + path,
                        false,
                        (code, p, context, data, stat) -> answer.give(code, () -> node(data, stat)),
                        null));
    }

    @Override
    public CompletionStage<StoredNode> get(String path, Runnable watch) {
        return call(
                path,
                0,
                (zk, answer) -> zk.getData(
                        root + path,
                        once(zk, watch),
                        (code, p, context, data, stat) -> answer.give(code, () -> node(data, stat)),
                        null));
    }

    @Override
    public CompletionStage<NodeStat> set(String path, byte[] data, int version) {
        return call(
                path,
                data.length,
                (zk, answer) -> zk.setData(
                        root + path,
                        data,
                        version,
                        (code, p, context, stat) -> answer.give(code, () -> stat(stat)),
                        null));
    }

    @Override
    public CompletionStage<Void> delete(String path, int version) {
        return this.<Boolean>call(
                        path,
                        0,
                        (zk, answer) -> zk.delete(
                                root + path, version, (code, p, context) -> answer.give(code, () -> true), null))
                .thenApply(ZooKeeperStore::nothing);
    }

    @Override
    public CompletionStage<List<String>> children(String path) {
        return call(
                path,
                0,
                (zk, answer) -> zk.getChildren(
                        root + path,
                        false,
                        (int code, String p, Object context, List<String> names) ->
                                answer.give(code, () -> names.stream().sorted().toList()),
                        null));
    }

    @Override
    public CompletionStage<List<String>> children(String path, Runnable watch) {
        return call(
                path,
                0,
                (zk, answer) -> zk.getChildren(
                        root + path,
                        once(zk, watch),
                        (int code, String p, Object context, List<String> names) ->
                                answer.give(code, () -> names.stream().sorted().toList()),
                        null));
    }

    @Override
    public CompletionStage<Void> multi(List<StoreOp> ops) {
        List<Op> translated = new ArrayList<>(ops.size());
        int bytes = 0;
        for (StoreOp op : ops) {
            translated.add(translate(op));
            bytes += StoreOp.requestBytes(op);
        }
        return transaction("a transaction", false, translated, bytes).thenApply(results -> nothing(true));
    }

    @Override
    public CompletionStage<List<Optional<StoredNode>>> getAll(List<String> paths) {
        List<Op> reads = new ArrayList<>(paths.size());
        for (String path : paths) {
            reads.add(Op.getData(root + path));
        }
        return transaction("a read of many", true, reads, 2 * paths.size() * StoreOp.OVERHEAD_BYTES)
                .thenApply(ZooKeeperStore::nodes);
    }

    private static List<Optional<StoredNode>> nodes(List<OpResult> results) {
        List<Optional<StoredNode>> nodes = new ArrayList<>(results.size());
        for (OpResult result : results) {
            if (result instanceof OpResult.GetDataResult found) {
                nodes.add(Optional.of(node(found.getData(), found.getStat())));
            } else if (((OpResult.ErrorResult) result).getErr() == Code.NONODE.intValue()) {
                nodes.add(Optional.empty());
            } else {
                throw StoreErrors.of(((OpResult.ErrorResult) result).getErr(), "a read of many");
            }
        }
        return nodes;
    }

    /** @param partly whether an answer that holds errors for single ops is an answer all the same */
    private CompletionStage<List<OpResult>> transaction(String what, boolean partly, List<Op> ops, int bytes) {
        CompletableFuture<List<OpResult>> stage = new CompletableFuture<>();
        loop.run(() -> {
            ZooKeeper zk = sessions.client();
            if (zk == null || bytes > MAX_REQUEST_BYTES) {
                stage.completeExceptionally(notSent(what, zk, bytes));
                return;
            }
            zk.multi(
                    ops,
                    (code, path, context, results) -> loop.execute(() -> {
                        if (code == Code.OK.intValue() || (partly && results != null)) {
                            stage.complete(results);
                        } else {
                            stage.completeExceptionally(
                                    sessions.isClosed() ? closedException(what) : StoreErrors.ofMulti(code, results));
                        }
                    }),
                    null);
        });
        return stage;
    }

    @Override
    public int maxRequestBytes() {
        return MAX_REQUEST_BYTES;
    }

    @Override
    public CompletionStage<Void> close() {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        loop.run(() -> sessions.close().thenAccept(done::complete));
        return done.thenApply(ZooKeeperStore::nothing);
    }

    @Override
    public Optional<SessionKey> sessionKey() {
        return Optional.ofNullable(sessions.client())
                .map(zk -> new SessionKey(zk.getSessionId(), zk.getSessionPasswd()));
    }

    @Override
    public CompletionStage<Void> endSession(SessionKey key) {
        return sessions.end(key).thenApply(ZooKeeperStore::nothing);
    }

    /** A call under way: its answer comes on ZooKeeper's thread and is passed on to the loop. */
    private final class Answer<T> {
        private final String path;
        private final CompletableFuture<T> stage = new CompletableFuture<>();

        Answer(String path) {
            this.path = path;
        }

        void give(int code, Supplier<T> value) {
            loop.execute(() -> {
                if (code == Code.OK.intValue()) {
                    stage.complete(value.get());
                } else {
                    stage.completeExceptionally(
                            sessions.isClosed() ? closedException(path) : StoreErrors.of(code, path));
                }
            });
        }
    }

    private interface Call<T> {
        void on(ZooKeeper zk, Answer<T> answer);
    }

    private <T> CompletionStage<T> call(String path, int dataBytes, Call<T> call) {
        Answer<T> answer = new Answer<>(path);
        int bytes = StoreOp.OVERHEAD_BYTES + path.length() + dataBytes;
        loop.run(() -> {
            ZooKeeper zk = sessions.client();
            if (zk == null || bytes > MAX_REQUEST_BYTES) {
                answer.stage.completeExceptionally(notSent(path, zk, bytes));
                return;
            }
            try {
                call.on(zk, answer);
            } catch (IllegalArgumentException e) {
                answer.stage.completeExceptionally(new StoreException(StoreFailure.INVALID, e.toString()));
            }
        });
        return answer.stage;
    }

    private StoreException notSent(String what, @Nullable ZooKeeper zk, int bytes) {
        if (sessions.isClosed()) {
            return closedException(what);
        }
        return zk == null
                ? new StoreException(StoreFailure.SESSION_EXPIRED, "no session for " + what)
                : new StoreException(StoreFailure.TOO_LARGE, what + " takes " + bytes + " bytes");
    }

    private static StoreException closedException(String what) {
        return new StoreException(StoreFailure.CLOSED, "the store was closed before " + what + " was answered");
    }

    private Watcher once(ZooKeeper zk, Runnable watch) {
        return event -> {
            if (event.getType() != Watcher.Event.EventType.None) {
                loop.execute(() -> {
                    if (zk == sessions.client()) {
                        watch.run();
                    }
                });
            }
        };
    }

    private Op translate(StoreOp op) {
        String path = root + op.path();
        if (op instanceof StoreOp.Create create) {
            return Op.create(
                    path,
                    create.data(),
                    sessions.acl(),
                    create.ephemeral() ? CreateMode.EPHEMERAL : CreateMode.PERSISTENT);
        } else if (op instanceof StoreOp.SetData set) {
            return Op.setData(path, set.data(), set.version());
        } else if (op instanceof StoreOp.Delete delete) {
            return Op.delete(path, delete.version());
        }
        return Op.check(path, ((StoreOp.Check) op).version());
    }

    private static StoredNode node(byte @Nullable [] data, Stat stat) {
        return new StoredNode(data == null ? new byte[0] : data, stat(stat));
    }

    private static NodeStat stat(Stat stat) {
        return new NodeStat(stat.getCzxid(), stat.getVersion(), stat.getEphemeralOwner());
    }

    @SuppressWarnings("NullAway") // the only value of type Void
    private static Void nothing(Boolean done) {
        return null;
    }
}
