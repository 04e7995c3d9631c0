package io.sluice.zookeeper;

import io.sluice.base.Loop;
import io.sluice.base.Workers;
import io.sluice.cluster.CoordinationStore.SessionListener;
import io.sluice.cluster.SessionKey;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one session with ZooKeeper: opens it, tells of its life, and opens the next one when it has expired. Owned by
 * the control loop; what may block, opening and closing a client, happens on the workers.
 */
final class Sessions {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private static final long REOPEN_MS = 500;

    private final Loop loop;
    private final Workers workers;
    private final int sessionTimeoutMs;
    private final Access access;
    private final String address;
    private final String hosts;
    /** What every path begins with: empty, or a path without a slash at its end. */
    private final String root;

    private @Nullable SessionListener listener;
    private @Nullable ZooKeeper client;
    private boolean closed;
    /** Whether the current session was announced as connected before. */
    private boolean announced;

    /** @param address host:port pairs separated by commas, then optionally a path to live under */
    Sessions(Loop loop, Workers workers, String address, int sessionTimeoutMs, Access access) {
        this.loop = loop;
        this.workers = workers;
        this.access = access;
        this.address = address;
        this.sessionTimeoutMs = sessionTimeoutMs;
        int slash = address.indexOf('/');
        this.hosts = slash < 0 ? address : address.substring(0, slash);
        String path = slash < 0 ? "" : address.substring(slash);
        this.root = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    String root() {
        return root;
    }

    /** The client of the current session, if there is one. */
    @Nullable
    ZooKeeper client() {
        return client;
    }

    /** Who may read and change what is made: whoever made it, or everybody where nobody says who he is. */
    List<ACL> acl() {
        return access.digest().isPresent() ? ZooDefs.Ids.CREATOR_ALL_ACL : ZooDefs.Ids.OPEN_ACL_UNSAFE;
    }

    boolean isClosed() {
        return closed;
    }

    void start(SessionListener sessionListener) {
        listener = sessionListener;
        openSession();
    }

    /** Ends the session; completes on the loop when ZooKeeper was told. */
    CompletionStage<Boolean> close() {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        closed = true;
        ZooKeeper zk = client;
        client = null;
        if (zk == null) {
            done.complete(true);
        } else {
            onWorkers(() -> {
                closeQuietly(zk);
                loop.execute(() -> done.complete(true));
            });
        }
        return done;
    }

    /** Ends any session of which the key is known; completes on the loop. */
    CompletionStage<Boolean> end(SessionKey key) {
        return new SessionEnd(loop, workers, LightClient.addresses(hosts), sessionTimeoutMs, access, key).start();
    }

    private void openSession() {
        onWorkers(() -> {
            Events events = new Events();
            try {
                ZooKeeper zk = LightClient.open(hosts, sessionTimeoutMs, access, events);
                loop.execute(() -> opened(zk, events));
            } catch (IOException | IllegalArgumentException e) {
                LOG.warn("ZooKeeper session can't be opened connect={} reason=\"{}\"", address, e.getMessage());
                reopenLater();
            }
        });
    }

    private void opened(ZooKeeper zk, Events events) {
        if (closed) {
            onWorkers(() -> closeQuietly(zk));
            return;
        }
        client = zk;
        announced = false;
        events.belongTo(zk);
    }

    private void reopenLater() {
        loop.schedule(REOPEN_MS, () -> {
            if (!closed) {
                openSession();
            }
        });
    }

    /** What happens to one session. Events that come before the loop knows the session wait for that. */
    private final class Events implements Watcher {
        private final CompletableFuture<ZooKeeper> owner = new CompletableFuture<>();

        void belongTo(ZooKeeper zk) {
            owner.complete(zk);
        }

        @Override
        public void process(WatchedEvent event) {
            if (event.getType() != Event.EventType.None) {
                return; // watches on nodes have watchers of their own
            }
            Event.KeeperState state = event.getState();
            loop.execute(() -> owner.thenAccept(zk -> sessionEvent(zk, state)));
        }
    }

    private void sessionEvent(ZooKeeper zk, Watcher.Event.KeeperState state) {
        SessionListener told = listener;
        if (zk != client || told == null) {
            return; // an earlier session, or closed
        }
        switch (state) {
            case SyncConnected -> {
                if (announced) {
                    told.connected(zk.getSessionId(), false);
                } else {
                    ensureRoot(zk, () -> announce(zk));
                }
            }
            case Disconnected -> {
                if (announced) {
                    told.disconnected();
                }
            }
            case Expired, AuthFailed, Closed -> {
                LOG.warn("ZooKeeper session over session=0x{} state={}", Long.toHexString(zk.getSessionId()), state);
                client = null;
                told.expired();
                onWorkers(() -> closeQuietly(zk)); // its threads are ending already
                openSession();
            }
            default -> LOG.debug("ZooKeeper session event state={}", state);
        }
    }

    private void announce(ZooKeeper zk) {
        SessionListener told = listener;
        if (zk == client && told != null && !announced) {
            announced = true;
            told.connected(zk.getSessionId(), true);
        }
    }

    /** Makes the path that all lies under, element by element; answers NODE_EXISTS are as good. */
    private void ensureRoot(ZooKeeper zk, Runnable then) {
        if (root.isEmpty()) {
            then.run();
            return;
        }
        for (int slash = root.indexOf('/', 1); slash > 0; slash = root.indexOf('/', slash + 1)) {
            createRoot(zk, root.substring(0, slash), code -> {});
        }
        createRoot(zk, root, code -> {
            if (code == Code.OK.intValue() || code == Code.NODEEXISTS.intValue()) {
                then.run();
            } else if (code != Code.CONNECTIONLOSS.intValue() && code != Code.SESSIONEXPIRED.intValue()) {
                LOG.error("ZooKeeper path can't be made path={} code={}", root, Code.get(code));
            } // else the next connection tries again
        });
    }

    private void createRoot(ZooKeeper zk, String path, Consumer<Integer> then) {
        zk.create(
                path,
                new byte[0],
                acl(),
                CreateMode.PERSISTENT,
                (code, p, context, name) -> loop.execute(() -> then.accept(code)),
                null);
    }

    private void onWorkers(Runnable work) {
        try {
            workers.execute(work);
        } catch (RejectedExecutionException e) {
            loop.schedule(REOPEN_MS, () -> onWorkers(work)); // opening and closing must happen, if later
        }
    }

    private static void closeQuietly(ZooKeeper zk) {
        try {
            zk.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
