package io.sluice.engine;

import io.sluice.base.Loop;
import io.sluice.cluster.BrokerInfo;
import io.sluice.log.LogId;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Replication on one loop: which of its partitions are led here and watched for replicas that lag, and which are followed,
 * by one {@link ReplicaFetcher} for each leading broker. Owned by that loop.
 */
final class HomeReplicas implements RoleListener {
    /** What all loops of a broker share. */
    record Setting(
            ReplicaSettings settings,
            ReplicaFetcher.Follower follower,
            ReplicaLinks links,
            RoleListener groups,
            ReplicationThrottles throttles) {}

    private final Loop loop;
    private final Setting setting;
    private final Set<Partition> led = new LinkedHashSet<>();
    private final Map<LogId, ReplicaFetcher> followed = new LinkedHashMap<>();
    private final Map<Integer, ReplicaFetcher> fetchers = new TreeMap<>();
    private SortedMap<Integer, BrokerInfo> brokers = new TreeMap<>();
    private boolean watching;
    private boolean closed;

    HomeReplicas(Loop loop, Setting setting) {
        this.loop = loop;
        this.setting = setting;
    }

    /** Other brokers have come, gone, or registered anew. */
    void brokersChanged(SortedMap<Integer, BrokerInfo> now) {
        brokers = now;
        fetchers.forEach((id, fetcher) -> fetcher.leaderIs(now.get(id)));
    }

    @Override
    public void leading(Partition partition) {
        led.add(partition);
        if (!watching) {
            watching = true;
            watchLag();
        }
        setting.groups().leading(partition);
    }

    @Override
    public void notLeading(Partition partition) {
        led.remove(partition);
        setting.groups().notLeading(partition);
    }

    @Override
    public void following(Partition partition) {
        idle(partition);
        if (closed) {
            return;
        }
        int leader = partition.leadership().leader();
        ReplicaFetcher fetcher = fetchers.get(leader);
        if (fetcher == null) {
            fetcher = new ReplicaFetcher(loop, setting);
            fetcher.leaderIs(brokers.get(leader));
            fetchers.put(leader, fetcher);
        }
        followed.put(partition.id(), fetcher);
        fetcher.add(partition);
    }

    @Override
    public void idle(Partition partition) {
        ReplicaFetcher fetcher = followed.remove(partition.id());
        if (fetcher != null) {
            fetcher.remove(partition);
        }
    }

    @Override
    public void throttleMayDiffer(Partition partition) {
        ReplicaFetcher fetcher = followed.get(partition.id());
        if (fetcher != null) {
            fetcher.throttleMayDiffer(partition);
        }
    }

    /** The broker keeps other rates from now on: what is held back by the old ones must not wait for these. */
    void ratesChanged() {
        led.forEach(Partition::throttleChanged);
        fetchers.values().forEach(ReplicaFetcher::rateChanged);
    }

    /** Twice in the time that a replica may lag. */
    private void watchLag() {
        long lagMaxMs = setting.settings().lagTimeMaxMs();
        loop.schedule(Math.max(1, lagMaxMs / 2), () -> {
            if (!closed) {
                List.copyOf(led).forEach(partition -> partition.checkLag(lagMaxMs));
                watchLag();
            }
        });
    }

    /** Ends all fetching. */
    void close() {
        closed = true;
        fetchers.values().forEach(ReplicaFetcher::close);
        fetchers.clear();
        followed.clear();
    }
}
