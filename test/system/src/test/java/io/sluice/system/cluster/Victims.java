package io.sluice.system.cluster;

import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.harness.BrokerSpec;
import io.sluice.system.harness.RawConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;

/**
 * Whom faults hit, and for how long. Owned by the test's thread.
 *
 * @param topics whose replicas are whole before a fault; the first is the one whose leader is meant
 * @param offsetsPartitions how many partitions the groups' topic has
 * @param spell how long a broker stands still or is cut off: longer than its session lives
 * @param writesStandStill whether some partition has had no ack for long
 */
record Victims(
        BrokerCluster cluster,
        List<String> topics,
        int offsetsPartitions,
        Duration spell,
        BooleanSupplier writesStandStill,
        Random random) {
    static final String OFFSETS = "__consumer_offsets";
    private static final Duration ASK_WITHIN = Duration.ofMillis(300);
    private static final int SPELL_MORE_MS_MAX = 700;
    /** When the ensemble loses its leader, it takes some seconds to find another before sessions end. */
    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(10);

    int leader(Admin admin) {
        return leaderOf(admin, topics.get(0), 0);
    }

    int coordinator(Admin admin) {
        return leaderOf(admin, OFFSETS, random.nextInt(offsetsPartitions));
    }

    int controller(Admin admin) throws Exception {
        return admin.describeCluster().controller().get(15, TimeUnit.SECONDS).id();
    }

    int follower(Admin admin) {
        return anyBut(leader(admin));
    }

    int any() {
        List<Integer> all = List.copyOf(cluster.ids());
        return all.get(random.nextInt(all.size()));
    }

    int anyBut(int id) {
        List<Integer> others = others(id);
        return others.get(random.nextInt(others.size()));
    }

    List<Integer> others(int id) {
        List<Integer> others = new ArrayList<>(cluster.ids());
        others.remove(Integer.valueOf(id));
        return others;
    }

    private int leaderOf(Admin admin, String topic, int partition) {
        return cluster.leader(admin, topic, partition)
                .orElseThrow(() -> new AssertionError(topic + "-" + partition + " is not led although all is whole"));
    }

    /**
     * Lets the fault last until it is felt: a replica is seen to be missing, by whoever can be asked, or, every other time,
     * writing stands still. Returns whether it was.
     */
    boolean endure() throws InterruptedException {
        long start = System.nanoTime();
        long least = spell.toNanos() + random.nextInt(SPELL_MORE_MS_MAX) * 1_000_000L;
        boolean pauseIsEnough = random.nextBoolean();
        boolean seen = false;
        while (System.nanoTime() - start < (seen ? least : least + NOTICED_WITHIN.toNanos())) {
            seen = seen
                    || pauseIsEnough && writesStandStill.getAsBoolean()
                    || cluster.ids().stream().anyMatch(this::someReplicaIsMissing);
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return seen || writesStandStill.getAsBoolean();
    }

    private boolean someReplicaIsMissing(int witness) {
        BrokerSpec spec = cluster.node(witness).spec();
        try (RawConnection connection = RawConnection.open(spec.host(), spec.port(), ASK_WITHIN)) {
            return connection.someReplicaIsMissing(topics);
        } catch (IOException cutOff) {
            return false;
        }
    }

    /** Who is in sync for the first partition of the first topic, as this broker says; nobody when it does not answer. */
    Set<Integer> inSync(int witness) {
        BrokerSpec spec = cluster.node(witness).spec();
        try (RawConnection connection = RawConnection.open(spec.host(), spec.port(), ASK_WITHIN)) {
            return connection.inSync(topics.get(0), 0);
        } catch (IOException cutOff) {
            return Set.of();
        }
    }
}
