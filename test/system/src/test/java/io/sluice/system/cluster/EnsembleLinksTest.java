package io.sluice.system.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.harness.Machines;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What connections of the embedded ensemble that a fault of the network held up mean once the network is well again. */
@Tag("slow")
class EnsembleLinksTest {
    private static final int BROKERS = 3;
    /** TCP sends again 0.2, 0.6, 1.4, … 12.6 and 25.4 seconds after what was lost. */
    private static final Duration DEAF_FOR = Duration.ofSeconds(14);

    /** It takes about 2 seconds; 10 where nobody drops the connections. */
    private static final Duration BACK_WITHIN = Duration.ofSeconds(6);

    private static final Duration WHOLE_WITHIN = Duration.ofSeconds(60);
    private static final String LOST = "no majority of its ensemble";
    private static final String BACK = "has its majority again";

    @Test
    void memberThatHeardNothingForLongIsBackSoonAfterItHears() {
        try (Machines machines = Machines.withNetwork(BROKERS)) {
            assumeTrue(machines.network().isPresent(), "not run: networks take root and Linux's network namespaces");
            Map<String, String> settings = Map.of("zookeeper.session.timeout.ms", "3000");
            try (BrokerCluster cluster = BrokerCluster.start("links", BROKERS, settings, machines)) {
                for (int deaf : cluster.ids()) {
                    isBackSoon(cluster, machines, deaf);
                }
            }
        }
    }

    private static void isBackSoon(BrokerCluster cluster, Machines machines, int deaf) {
        long start = System.nanoTime();
        machines.network().orElseThrow().deafen(deaf);
        cluster.await(
                deaf + " has no majority, and some time has passed",
                DEAF_FOR.multipliedBy(2),
                () -> lastSaid(cluster, deaf).contains(LOST) && System.nanoTime() - start >= DEAF_FOR.toNanos());
        machines.network().orElseThrow().heal();

        cluster.await(deaf + " has a majority again", BACK_WITHIN, () -> lastSaid(cluster, deaf)
                .contains(BACK));
        cluster.await("all have", WHOLE_WITHIN, () -> cluster.ids().stream()
                .noneMatch(id -> lastSaid(cluster, id).contains(LOST)));
    }

    private static String lastSaid(BrokerCluster cluster, int id) {
        return cluster.node(id)
                .log()
                .lines()
                .filter(line -> line.contains(LOST) || line.contains(BACK))
                .reduce("", (before, after) -> after);
    }
}
