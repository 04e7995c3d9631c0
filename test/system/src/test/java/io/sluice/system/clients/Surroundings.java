package io.sluice.system.clients;

import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.harness.FaultyProxy;
import io.sluice.system.harness.SharedCluster;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a scenario is given.
 *
 * @param bootstrap where the brokers are
 * @param client the client library's version
 * @param brokers how many there are
 * @param minInSync the brokers' min.insync.replicas
 * @param calm whether all of them run all the time
 * @param proxy the proxy on the way to the broker, where there is one
 */
public record Surroundings(
        String bootstrap, ClientVersion client, int brokers, int minInSync, boolean calm, Optional<FaultyProxy> proxy) {
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final int MOST_REPLICAS = 3;

    /** One broker with Kafka's defaults. */
    static Surroundings oneBroker(String bootstrap, ClientVersion client) {
        return new Surroundings(bootstrap, client, 1, 1, true, Optional.empty());
    }

    /** The brokers of a cluster that {@link SharedCluster} has started. */
    static Surroundings cluster(BrokerCluster cluster, ClientVersion client) {
        return new Surroundings(
                cluster.bootstrap(), client, cluster.ids().size(), SharedCluster.MIN_IN_SYNC, true, Optional.empty());
    }

    Surroundings whileBrokersRestart() {
        return new Surroundings(bootstrap, client, brokers, minInSync, false, proxy);
    }

    Surroundings through(FaultyProxy way) {
        return new Surroundings(bootstrap, client, brokers, minInSync, calm, Optional.of(way));
    }

    /** How many replicas a topic gets here, which is also the brokers' default. */
    public short replication() {
        return (short) Math.min(MOST_REPLICAS, brokers);
    }

    /** A name for a topic or group that nobody else uses. */
    public String name(String stem) {
        return stem + "-" + client.version().replace('.', '_') + "-" + NEXT.incrementAndGet();
    }
}
