package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.history.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;

/**
 * Compares the segment files of stopped brokers: replicas of a partition must hold the same batches at the same offsets as
 * far as both go. One batch of each replica is in memory at a time.
 */
final class ReplicaLogs {
    private ReplicaLogs() {}

    /** Compares every partition of {@code topic} over all brokers; returns how many batches were compared. */
    static long assertEqual(BrokerCluster cluster, String topic, int partitions) throws IOException {
        long compared = 0;
        for (int partition = 0; partition < partitions; partition++) {
            compared += assertEqual(cluster, new TopicPartition(topic, partition), 1, -1);
        }
        return compared;
    }

    /** Compares all partitions of a history, which every broker must have up to the last acked record. */
    static long assertEqual(BrokerCluster cluster, History history) throws IOException {
        long compared = 0;
        for (TopicPartition partition : history.partitions()) {
            int replicas = cluster.ids().size();
            compared += assertEqual(cluster, partition, replicas, history.lastAcked(partition));
        }
        return compared;
    }

    private static long assertEqual(BrokerCluster cluster, TopicPartition partition, int replicasMin, long promised)
            throws IOException {
        Map<Integer, ReplicaLog> replicas = new TreeMap<>();
        try {
            for (int id : cluster.ids()) {
                Optional<Path> folder = folder(cluster.node(id).data(), partition);
                if (folder.isPresent()) {
                    replicas.put(id, ReplicaLog.open("broker " + id + "'s " + partition, folder.get()));
                }
            }
            assertThat(replicas).as("replicas of %s", partition).hasSizeGreaterThanOrEqualTo(replicasMin);
            long compared = compare(replicas);
            for (ReplicaLog replica : replicas.values()) {
                assertThat(replica.end())
                        .as("end of %s, of which offset %d was acked", replica, promised)
                        .isGreaterThan(promised);
            }
            return compared;
        } finally {
            for (ReplicaLog replica : replicas.values()) {
                replica.close();
            }
        }
    }

    /** In step as far as all go; what is left of the longer ones must be sound. */
    private static long compare(Map<Integer, ReplicaLog> replicas) throws IOException {
        long start = 0;
        for (ReplicaLog replica : replicas.values()) {
            start = Math.max(start, replica.start());
        }
        for (ReplicaLog replica : replicas.values()) {
            replica.skipTo(start);
        }
        ReplicaLog first = replicas.values().iterator().next();
        long compared = 0;
        while (replicas.values().stream().allMatch(ReplicaLog::hasBatch)) {
            for (ReplicaLog replica : replicas.values()) {
                if (replica != first) {
                    assertThat(replica.batch())
                            .as("batch of %s, as against %s", replica, first)
                            .isEqualTo(first.batch());
                    compared++;
                }
            }
            for (ReplicaLog replica : replicas.values()) {
                replica.advance();
            }
        }
        for (ReplicaLog replica : replicas.values()) {
            replica.skipTo(Long.MAX_VALUE);
        }
        return compared;
    }

    /** A partition's folder is named {@code <topic>-<partition>.<topic id>}. */
    private static Optional<Path> folder(Path data, TopicPartition partition) throws IOException {
        try (Stream<Path> folders = Files.list(data)) {
            String prefix = partition + ".";
            return folders.filter(folder -> folder.getFileName().toString().startsWith(prefix))
                    .filter(folder -> !folder.getFileName().toString().endsWith(".deleted"))
                    .filter(folder -> !folder.getFileName().toString().endsWith(".damaged"))
                    .findFirst();
        }
    }
}
