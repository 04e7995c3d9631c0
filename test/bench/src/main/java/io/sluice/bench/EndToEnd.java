package io.sluice.bench;

import java.util.Map;

/** W3: 2,000 records a second from an official producer to an official consumer. */
final class EndToEnd implements Workload {
    private static final int PARTITIONS = 6;
    private static final int RECORD_BYTES = 100;
    private static final int RATE = 2_000;

    private static final Metric P50 = Metric.of("w3", "p50", Unit.MILLISECONDS).toReach(Target.atMost(0.7));
    private static final Metric P99 = Metric.of("w3", "p99", Unit.MILLISECONDS).toReach(Target.atMost(0.5));
    private static final Metric P999 = Metric.of("w3", "p99.9", Unit.MILLISECONDS);
    private static final Metric CPU =
            Metric.of("w3", "broker CPU", Unit.CPU_SECONDS_PER_MILLION).toReach(Target.atMost(0.5));

    @Override
    public String id() {
        return "w3";
    }

    @Override
    public String description() {
        return "end to end at 2,000 records/s, open loop, 100 bytes, linger 0, acks=all, 6 partitions, one official "
                + "Java producer and one official Java consumer in a group; latency from when a record was due to "
                + "its receipt";
    }

    @Override
    public void run(Turn turn) throws Exception {
        String topic = turn.topicName("w3");
        try (Wire wire = turn.broker().connect()) {
            Topic.create(wire, topic, PARTITIONS, Map.of());
        }
        long warmup = (long) RATE * turn.scale().pacedWarmupSeconds();
        long records = (long) RATE * turn.scale().pacedSeconds();
        try (PacedLoop loop = new PacedLoop(turn.broker().bootstrap(), topic, RATE, RECORD_BYTES, new Meter())) {
            loop.run(warmup);
            Turn.Measured measured = turn.measure("w3", () -> loop.run(records));
            Load load = measured.load();
            turn.score(P50, load.latencyMillis(50));
            turn.score(P99, load.latencyMillis(99));
            turn.score(P999, load.latencyMillis(99.9));
            turn.score(CPU, measured.cpuSecondsPerMillion());
            turn.say("w3: p50 " + Unit.MILLISECONDS.format(load.latencyMillis(50)) + " ms, p99 "
                    + Unit.MILLISECONDS.format(load.latencyMillis(99)) + " ms, "
                    + Unit.CPU_SECONDS_PER_MILLION.format(measured.cpuSecondsPerMillion()) + " CPU s/M");
        }
    }
}
