package io.sluice.zookeeper;

import io.sluice.base.Loop;
import io.sluice.base.Workers;
import io.sluice.cluster.SessionKey;
import io.sluice.cluster.StoreException;
import io.sluice.cluster.StoreFailure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a session of which the key is known: takes it over, which the key allows, and closes it, until a server says that
 * it does not exist. Each try has a client of its own, since one whose first server does not serve waits long before it
 * asks the next, and this is for moments when a leader has just died.
 *
 * <p>Lives from {@link #start} until its stage is done. Clients are opened and closed on the workers, all else happens on
 * the loop.
 */
final class SessionEnd {
    private static final Logger LOG = LoggerFactory.getLogger(SessionEnd.class);
    private static final long WITHIN_MS = 5_000;
    private static final long PAUSE_MS = 20;

    private final Loop loop;
    private final Workers workers;
    private final List<InetSocketAddress> servers;
    private final int sessionTimeoutMs;
    private final Access access;
    private final SessionKey key;
    private final CompletableFuture<Boolean> done = new CompletableFuture<>();
    private final long deadline;
    private int tries;

    /** @param sessionTimeoutMs what the session gets when it is taken over */
    SessionEnd(
            Loop loop,
            Workers workers,
            List<InetSocketAddress> servers,
            int sessionTimeoutMs,
            Access access,
            SessionKey key) {
        this.loop = loop;
        this.workers = workers;
        this.servers = servers;
        this.sessionTimeoutMs = sessionTimeoutMs;
        this.access = access;
        this.key = key;
        this.deadline = loop.clock().nanoTime() + TimeUnit.MILLISECONDS.toNanos(WITHIN_MS);
    }

    /** Completes on the loop when the session is over; fails when that could not be had in time. */
    CompletionStage<Boolean> start() {
        loop.run(this::attempt);
        return done;
    }

    private void attempt() {
        InetSocketAddress server = servers.get(tries % servers.size());
        tries++;
        onWorkers(() -> attempt(server));
    }

    private void attempt(InetSocketAddress server) {
        Attempt attempt = new Attempt();
        try {
            ZooKeeper client =
                    LightClient.takeOver(key, new OneTry(server, attempt::failed), sessionTimeoutMs, access, attempt);
            attempt.client.complete(client);
            loop.schedule(remainingMs(), attempt::giveUp);
        } catch (IOException | IllegalArgumentException e) {
            LOG.debug("a client to end a session could not be made", e);
            loop.execute(this::fail);
        }
    }

    private long remainingMs() {
        return Math.max(0, TimeUnit.NANOSECONDS.toMillis(deadline - loop.clock().nanoTime()));
    }

    private void fail() {
        done.completeExceptionally(new StoreException(
                StoreFailure.CONNECTION_LOST,
                "session 0x" + Long.toHexString(key.id()) + " could not be ended within " + WITHIN_MS + " ms"));
    }

    /** One client and the first thing that it learns. */
    private final class Attempt implements Watcher {
        private final CompletableFuture<ZooKeeper> client = new CompletableFuture<>();
        private final AtomicBoolean over = new AtomicBoolean();

        @Override
        public void process(WatchedEvent event) {
            learn(event.getState());
        }

        /** The server could not be reached or does not serve. */
        private void failed() {
            learn(Event.KeeperState.Disconnected);
        }

        private void learn(Event.KeeperState state) {
            if (over.compareAndSet(false, true)) {
                client.thenAccept(zk -> onWorkers(() -> {
                    close(zk); // which ends the session if it was reached
                    loop.execute(() -> learned(state));
                }));
            }
        }

        private void giveUp() {
            if (over.compareAndSet(false, true)) {
                client.thenAccept(zk -> onWorkers(() -> close(zk)));
                fail();
            }
        }
    }

    private void learned(Watcher.Event.KeeperState state) {
        if (state == Watcher.Event.KeeperState.Expired) {
            done.complete(true);
        } else if (remainingMs() == 0) {
            fail();
        } else if (state == Watcher.Event.KeeperState.SyncConnected) {
            tries--; // the same server says whether the close has arrived
            attempt();
        } else {
            loop.schedule(PAUSE_MS, this::attempt);
        }
    }

    private static void close(ZooKeeper zk) {
        try {
            zk.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void onWorkers(Runnable work) {
        try {
            workers.execute(work);
        } catch (RejectedExecutionException e) {
            loop.schedule(PAUSE_MS, () -> onWorkers(work)); // clients must be closed, if later
        }
    }
}
