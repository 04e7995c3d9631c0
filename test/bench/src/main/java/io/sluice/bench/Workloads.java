package io.sluice.bench;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** All workloads of a comparison, in the order in which they run on one broker. */
final class Workloads {
    private Workloads() {}

    static List<Workload> all() {
        return List.of(
                Memory.idle(),
                new SmallRequests(),
                BulkProduce.hundredBytes(Clients.Kind.JAVA),
                BulkProduce.hundredBytes(Clients.Kind.LEAN),
                BulkProduce.kilobyte(Clients.Kind.JAVA),
                BulkProduce.kilobyte(Clients.Kind.LEAN),
                new EndToEnd(),
                new Backlog(),
                Memory.afterTheWorkloads(),
                new Flushed(),
                new Launch(),
                new ManyPartitions());
    }

    /** @param ids nothing means all */
    static List<Workload> select(List<String> ids) {
        Set<String> known = new TreeSet<>(all().stream().map(Workload::id).toList());
        for (String id : ids) {
            if (!known.contains(id)) {
                throw new BenchException("unknown workload '" + id + "': there are " + String.join(", ", known));
            }
        }
        return all().stream()
                .filter(workload -> ids.isEmpty() || ids.contains(workload.id()))
                .toList();
    }
}
