package io.sluice.bench;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All workloads of a comparison, in the order in which they run on the same brokers. */
final class Workloads {
    private static final List<Workload> ON_ONE_BROKER = List.of(
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

    private static final List<Workload> ON_A_CLUSTER = List.of(
            new IdleCluster(),
            new ReplicatedRequests(),
            new ReplicatedBulk(),
            LeaderKill.withDefaultTimeOuts(),
            LeaderKill.withEqualTimeOuts(),
            new ControllerKill(),
            new RollingRestart());

    private Workloads() {}

    /** Those on one broker a side, or those on a cluster a side. */
    static List<Workload> all(boolean cluster) {
        return cluster ? ON_A_CLUSTER : ON_ONE_BROKER;
    }

    /** Those with these ids, whatever brokers they run on. */
    static List<Workload> named(List<String> ids) {
        for (String id : ids) {
            if (every().noneMatch(workload -> workload.id().equals(id))) {
                throw new BenchException("unknown workload '" + id + "': there are " + known());
            }
        }
        return every().filter(workload -> ids.contains(workload.id())).toList();
    }

    private static Stream<Workload> every() {
        return Stream.concat(ON_ONE_BROKER.stream(), ON_A_CLUSTER.stream());
    }

    private static String known() {
        return ids(ON_ONE_BROKER) + " on one broker, " + ids(ON_A_CLUSTER) + " on a cluster of three";
    }

    private static String ids(List<Workload> workloads) {
        return workloads.stream().map(Workload::id).collect(Collectors.toCollection(TreeSet::new)).stream()
                .collect(Collectors.joining(", "));
    }
}
