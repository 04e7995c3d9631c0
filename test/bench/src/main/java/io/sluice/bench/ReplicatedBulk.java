package io.sluice.bench;

/** R4: the official producer as fast as it goes, into partitions with three replicas. */
final class ReplicatedBulk implements Workload {
    private static final int PARTITIONS = 6;
    private static final int RECORD_BYTES = 1024;

    private static final Metric CPU =
            Metric.of("r4", "CPU of all brokers", Unit.CPU_SECONDS_PER_MILLION).toReach(Target.atMost(0.9));
    private static final Metric RATE =
            Metric.of("r4", "rate", Unit.RECORDS_PER_SECOND).toReach(Target.atLeast(1.0));
    private static final Metric THROUGHPUT = Metric.of("r4", "throughput", Unit.MEGABYTES_PER_SECOND);
    private static final Metric P99 = Metric.of("r4", "p99", Unit.MILLISECONDS);

    @Override
    public String id() {
        return "r4";
    }

    @Override
    public String description() {
        return "bulk produce, 1024-byte records, three replicas, min.insync.replicas=2, 6 partitions, acks=all, "
                + "64 KB batches, 5 requests in flight, uncompressed, official Java client";
    }

    @Override
    public int brokers() {
        return CLUSTER_BROKERS;
    }

    @Override
    public void run(Turn turn) throws Exception {
        ClusterScale scale = turn.scale().cluster();
        JavaBulk.Shape shape = new JavaBulk.Shape(1, RECORD_BYTES, 0);
        try (ClusterView view = ClusterView.of(turn)) {
            Topic topic = view.create(turn.topicName("r4"), PARTITIONS);
            try (LoadSource load = new JavaBulk(turn.cluster().bootstrap(), topic.name(), shape, new Meter())) {
                Load warmup = load.run(scale.bulkWarmupBytes() / RECORD_BYTES);
                Turn.Measured measured = turn.measure(
                        "r4", brokers() * scale.bulkBytes(), () -> load.run(scale.bulkBytes() / RECORD_BYTES));
                view.requireRecords(topic, warmup.records() + measured.load().records());
                score(turn, measured);
            }
            view.delete(topic);
        }
    }

    private static void score(Turn turn, Turn.Measured measured) {
        Load load = measured.load();
        turn.score(CPU, measured.cpuSecondsPerMillion());
        turn.score(RATE, load.recordsPerSecond());
        turn.score(THROUGHPUT, load.megabytesPerSecond());
        turn.score(P99, load.latencyMillis(99));
        turn.say("r4: " + Unit.RECORDS_PER_SECOND.format(load.recordsPerSecond()) + " records/s, "
                + Unit.CPU_SECONDS_PER_MILLION.format(measured.cpuSecondsPerMillion()) + " CPU s/M");
    }
}
