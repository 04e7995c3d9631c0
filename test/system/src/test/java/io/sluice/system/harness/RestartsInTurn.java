package io.sluice.system.harness;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;

/**
 * Stops and starts the brokers of a cluster one after the other, cleanly, and waits until all replicas are in sync before
 * the next: a rolling restart that begins again until it is told to end. On a daemon thread of its own.
 *
 * <p>Between two rounds the brokers rest for longer than the sessions of {@link SharedBroker#SHORT_SESSIONS}: with each
 * new coordinator a member's session begins anew, so that where coordinators moved more often none would ever end.
 */
public final class RestartsInTurn {
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(30);
    private static final Duration WHOLE_WITHIN = Duration.ofSeconds(90);
    private static final Duration REST = Duration.ofSeconds(7);

    private final BrokerCluster cluster;
    private final AtomicInteger count = new AtomicInteger();
    private final Queue<Throwable> problems = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::run, "restarts");
    private final CountDownLatch ending = new CountDownLatch(1);
    private volatile int enough = Integer.MAX_VALUE;

    private RestartsInTurn(BrokerCluster cluster) {
        this.cluster = cluster;
    }

    public static RestartsInTurn begin(BrokerCluster cluster) {
        RestartsInTurn restarts = new RestartsInTurn(cluster);
        restarts.thread.setDaemon(true);
        restarts.thread.start();
        return restarts;
    }

    /** Ends them when there were this many; the cluster is whole when this returns, or there are {@link #problems}. */
    public void end(int least) throws InterruptedException {
        enough = least;
        ending.countDown();
        thread.join();
    }

    public int count() {
        return count.get();
    }

    /** What went wrong; it was the last restart. */
    public List<Throwable> problems() {
        return List.copyOf(problems);
    }

    private void run() {
        try (Admin admin = cluster.admin()) {
            List<Integer> ids = List.copyOf(cluster.ids());
            while (count.get() < enough) {
                restart(cluster.node(ids.get(count.get() % ids.size())), admin);
                if (count.incrementAndGet() % ids.size() == 0) {
                    ending.await(REST.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        } catch (RuntimeException | AssertionError | InterruptedException e) {
            problems.add(e);
        }
    }

    private void restart(BrokerProcess broker, Admin admin) {
        if (!broker.stopOrKill(STOPS_WITHIN)) {
            throw new AssertionError("broker " + broker.port() + " did not stop within " + STOPS_WITHIN);
        }
        broker.restart();
        cluster.awaitAll();
        cluster.awaitWhole(admin, WHOLE_WITHIN);
    }
}
