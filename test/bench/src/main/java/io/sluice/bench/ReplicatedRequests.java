package io.sluice.bench;

/** R3: W1's 64 producers, into partitions with three replicas. */
final class ReplicatedRequests implements Workload {
    private static final Metric CPU =
            Metric.of("r3", "CPU of all brokers", Unit.CPU_SECONDS_PER_MILLION).toReach(Target.atMost(0.6));
    private static final Metric RATE =
            Metric.of("r3", "rate", Unit.RECORDS_PER_SECOND).toReach(Target.atLeast(1.3));
    private static final Metric P50 = Metric.of("r3", "p50", Unit.MILLISECONDS);
    private static final Metric P99 = Metric.of("r3", "p99", Unit.MILLISECONDS).toReach(Target.atMost(0.7));
    private static final Metric P999 = Metric.of("r3", "p99.9", Unit.MILLISECONDS);

    @Override
    public String id() {
        return "r3";
    }

    @Override
    public String description() {
        return "64 producers, one 100-byte record per request, acks=all, three replicas, min.insync.replicas=2, "
                + "6 partitions, each producer connected to its partition's leader, closed loop";
    }

    @Override
    public int brokers() {
        return CLUSTER_BROKERS;
    }

    @Override
    public void run(Turn turn) throws Exception {
        ClusterScale scale = turn.scale().cluster();
        try (ClusterView view = ClusterView.of(turn)) {
            Topic topic = view.create(turn.topicName("r3"), SmallRequests.PARTITIONS);
            try (LoadSource load = SmallRequests.open(turn, topic, view.leaderAddresses(topic))) {
                load.run(scale.smallWarmup());
                Turn.Measured measured = turn.measure("r3", () -> load.run(scale.smallRequests()));
                view.requireRecords(topic, scale.smallWarmup() + scale.smallRequests());
                score(turn, measured);
            }
            view.delete(topic);
        }
    }

    private static void score(Turn turn, Turn.Measured measured) {
        Load load = measured.load();
        turn.score(CPU, measured.cpuSecondsPerMillion());
        turn.score(RATE, load.recordsPerSecond());
        turn.score(P50, load.latencyMillis(50));
        turn.score(P99, load.latencyMillis(99));
        turn.score(P999, load.latencyMillis(99.9));
        turn.say("r3: " + Unit.RECORDS_PER_SECOND.format(load.recordsPerSecond()) + " records/s, "
                + Unit.CPU_SECONDS_PER_MILLION.format(measured.cpuSecondsPerMillion()) + " CPU s/M, p99 "
                + Unit.MILLISECONDS.format(load.latencyMillis(99)) + " ms");
    }
}
