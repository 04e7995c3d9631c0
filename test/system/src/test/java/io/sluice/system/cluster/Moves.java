package io.sluice.system.cluster;

import io.sluice.system.harness.BrokerCluster;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;

/**
 * Someone who moves a topic's replicas and asks for preferred leaders while things break: every few seconds a partition
 * gets another order of its replicas, or loses one and gets it back. On a thread of its own until {@link #stop}.
 */
final class Moves {
    private static final int PAUSE_MS_MAX = 8_000;
    private static final int ANSWER_SECONDS = 10;

    private final BrokerCluster cluster;
    private final List<TopicPartition> partitions;
    private final Random random;
    private final Thread thread = new Thread(this::run, "moves");
    private volatile boolean stopping;
    private volatile int accepted;

    private Moves(BrokerCluster cluster, List<TopicPartition> partitions, Random random) {
        this.cluster = cluster;
        this.partitions = partitions;
        this.random = random;
        thread.setDaemon(true);
    }

    static Moves start(BrokerCluster cluster, List<TopicPartition> partitions, long seed) {
        Moves moves = new Moves(cluster, partitions, new Random(seed));
        moves.thread.start();
        return moves;
    }

    /** How many moves and elections the cluster has agreed to. */
    int accepted() {
        return accepted;
    }

    /** Ends it and sees to it that all brokers have a replica again; the cluster must be well. */
    void stop(Admin admin) throws Exception {
        stopping = true;
        thread.join();
        for (TopicPartition partition : partitions) {
            admin.alterPartitionReassignments(Map.of(partition, to(List.copyOf(cluster.ids()))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private void run() {
        try (Admin admin = cluster.admin()) {
            while (!stopping) {
                TimeUnit.MILLISECONDS.sleep(random.nextInt(PAUSE_MS_MAX));
                TopicPartition partition = partitions.get(random.nextInt(partitions.size()));
                if (random.nextInt(3) == 0) {
                    attempt(() -> admin.electLeaders(ElectionType.PREFERRED, Set.of(partition))
                            .all()
                            .get(ANSWER_SECONDS, TimeUnit.SECONDS));
                } else {
                    List<Integer> replicas = new ArrayList<>(cluster.ids());
                    Collections.shuffle(replicas, random);
                    List<Integer> target = random.nextInt(3) == 0 ? replicas.subList(0, 2) : replicas;
                    attempt(() -> admin.alterPartitionReassignments(Map.of(partition, to(target)))
                            .all()
                            .get(ANSWER_SECONDS, TimeUnit.SECONDS));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void attempt(Attempt attempt) throws InterruptedException {
        try {
            attempt.run();
            accepted++;
        } catch (ExecutionException | TimeoutException notNow) {
            // Refused, or never known: the next one comes soon.
            Thread.onSpinWait();
        }
    }

    @FunctionalInterface
    private interface Attempt {
        void run() throws InterruptedException, ExecutionException, TimeoutException;
    }

    private static Optional<NewPartitionReassignment> to(List<Integer> replicas) {
        return Optional.of(new NewPartitionReassignment(replicas));
    }
}
