package io.sluice.engine;

import io.sluice.base.Loop;
import io.sluice.base.Loops;
import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.Cluster;
import io.sluice.cluster.settings.SettingLayers;
import io.sluice.replication.BrokerEpochs;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/** Replication on each of the broker's loops. Any thread; the work is done on the loops. */
final class Homes {
    private record Home(Loop loop, HomeReplicas replicas, ReplicaPorts ports) {}

    private final List<Home> homes = new ArrayList<>();
    private final ReplicationThrottles throttles;

    Homes(Loops loops, Cluster cluster, HomeReplicas.Setting setting) {
        this.throttles = setting.throttles();
        BrokerEpochs epochs = new Registrations(cluster);
        for (Loop loop : loops.all()) {
            HomeReplicas replicas = new HomeReplicas(loop, setting);
            IsrProposals proposals = new IsrProposals(loop, cluster);
            int self = setting.follower().brokerId();
            homes.add(
                    new Home(loop, replicas, new ReplicaPorts(self, epochs, replicas, proposals, throttles.leading())));
        }
    }

    private record Registrations(Cluster cluster) implements BrokerEpochs {
        @Override
        public long of(int brokerId) {
            return cluster.image().broker(brokerId).map(BrokerInfo::epoch).orElse(NONE);
        }

        @Override
        public boolean isLeaving(int brokerId) {
            return cluster.image()
                    .broker(brokerId)
                    .filter(broker -> !broker.isServing())
                    .isPresent();
        }
    }

    /** What a partition of this loop works with. */
    ReplicaPorts ports(Loop loop) {
        for (Home home : homes) {
            if (home.loop == loop) {
                return home.ports;
            }
        }
        throw new IllegalArgumentException(loop + " is none of this broker's loops");
    }

    void brokersChanged(SortedMap<Integer, BrokerInfo> brokers) {
        homes.forEach(home -> home.loop.run(() -> home.replicas.brokersChanged(brokers)));
    }

    /** Takes over the rates that hold now. On the control loop. */
    void keepRates(SettingLayers settings) {
        if (throttles.keep(settings)) {
            homes.forEach(home -> home.loop.run(home.replicas::ratesChanged));
        }
    }

    void close() {
        homes.forEach(home -> home.loop.run(home.replicas::close));
    }
}
