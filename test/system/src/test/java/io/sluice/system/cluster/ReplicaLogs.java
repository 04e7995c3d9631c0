package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.harness.BrokerCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.FileRecords;

/**
 * The segment files of stopped brokers, read with Kafka's own classes: replicas of a partition must hold the same batches
 * at the same offsets as far as both go.
 */
final class ReplicaLogs {
    /** One batch as a file has it. */
    private record Batch(long lastOffset, int leaderEpoch, long checksum, int bytes) {}

    private ReplicaLogs() {}

    /** Compares every partition of {@code topic} over all brokers; returns how many batches were compared. */
    static long assertEqual(BrokerCluster cluster, String topic, int partitions) throws IOException {
        long compared = 0;
        for (int partition = 0; partition < partitions; partition++) {
            Map<Integer, NavigableMap<Long, Batch>> replicas = new TreeMap<>();
            for (int id : cluster.ids()) {
                folder(cluster.node(id).data(), topic, partition)
                        .ifPresent(folder -> replicas.put(id, batches(folder)));
            }
            assertThat(replicas).as("replicas of %s-%d", topic, partition).isNotEmpty();
            compared += compare(topic + "-" + partition, replicas);
        }
        return compared;
    }

    private static long compare(String partition, Map<Integer, NavigableMap<Long, Batch>> replicas) {
        long common =
                replicas.values().stream().mapToLong(ReplicaLogs::end).min().orElse(0);
        Map.Entry<Integer, NavigableMap<Long, Batch>> first = null;
        for (Map.Entry<Integer, NavigableMap<Long, Batch>> each : replicas.entrySet()) {
            if (first == null) {
                first = each;
                continue;
            }
            long start = Math.max(first.getValue().firstKey(), each.getValue().firstKey());
            assertThat(each.getValue().subMap(start, true, common, false))
                    .as(
                            "%s on broker %d, compared with broker %d, below %d",
                            partition, each.getKey(), first.getKey(), common)
                    .isEqualTo(first.getValue().subMap(start, true, common, false));
        }
        return first == null ? 0 : first.getValue().headMap(common, false).size() * (long) (replicas.size() - 1);
    }

    private static long end(NavigableMap<Long, Batch> batches) {
        return batches.isEmpty() ? 0 : batches.lastEntry().getValue().lastOffset() + 1;
    }

    /** A partition's folder is named {@code <topic>-<partition>.<topic id>}. */
    private static Optional<Path> folder(Path data, String topic, int partition) throws IOException {
        try (Stream<Path> folders = Files.list(data)) {
            String prefix = topic + "-" + partition + ".";
            return folders.filter(folder -> folder.getFileName().toString().startsWith(prefix))
                    .filter(folder -> !folder.getFileName().toString().endsWith(".deleted"))
                    .findFirst();
        }
    }

    private static NavigableMap<Long, Batch> batches(Path folder) {
        NavigableMap<Long, Batch> all = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".log"))
                    .sorted()
                    .toList()) {
                try (FileRecords records = FileRecords.open(file.toFile(), false)) {
                    for (FileChannelRecordBatch batch : records.batches()) {
                        batch.ensureValid();
                        all.put(
                                batch.baseOffset(),
                                new Batch(
                                        batch.lastOffset(),
                                        batch.partitionLeaderEpoch(),
                                        batch.checksum(),
                                        batch.sizeInBytes()));
                    }
                }
            }
            return all;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot read " + folder, e);
        }
    }
}
