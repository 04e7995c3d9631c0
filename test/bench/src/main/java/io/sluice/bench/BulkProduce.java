package io.sluice.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** W2: as fast as it goes into 6 partitions with acks=all, with records of one size. */
final class BulkProduce implements Workload {
    private static final int PARTITIONS = 6;
    private static final int LEAN_CONNECTIONS = 2;
    private static final int LEAN_BATCH_BYTES = 64_000;
    private static final int IN_FLIGHT = 5;
    private static final int JAVA_PRODUCERS = 1;

    private final int recordBytes;
    private final Clients.Kind client;
    private final Metric cpu;
    private final Metric rate;
    private final Metric throughput;
    private final Metric p99;

    private BulkProduce(int recordBytes, Clients.Kind client, String what, Target cpuTarget, Target rateTarget) {
        this.recordBytes = recordBytes;
        this.client = client;
        String prefix = what + ", " + client.name().toLowerCase(Locale.ROOT) + ": ";
        this.cpu = Metric.of("w2", prefix + "broker CPU", Unit.CPU_SECONDS_PER_MILLION)
                .toReach(cpuTarget);
        this.rate = Metric.of("w2", prefix + "rate", Unit.RECORDS_PER_SECOND).toReach(rateTarget);
        this.throughput = Metric.of("w2", prefix + "throughput", Unit.MEGABYTES_PER_SECOND);
        this.p99 = Metric.of("w2", prefix + "p99", Unit.MILLISECONDS);
    }

    static BulkProduce hundredBytes(Clients.Kind client) {
        return new BulkProduce(100, client, "100 bytes", Target.atMost(0.7), Target.atLeast(1.1));
    }

    static BulkProduce kilobyte(Clients.Kind client) {
        return new BulkProduce(1024, client, "1 KB", Target.atMost(0.8), Target.atLeast(1.3));
    }

    @Override
    public String id() {
        return "w2";
    }

    @Override
    public String description() {
        return "bulk produce, " + recordBytes + "-byte records, 6 partitions, acks=all, 64 KB batches, "
                + "5 requests in flight, uncompressed, " + client.label();
    }

    @Override
    public void run(Turn turn) throws Exception {
        Topic topic;
        try (Wire wire = turn.broker().connect()) {
            topic = Topic.create(wire, turn.topicName("w2"), PARTITIONS, Map.of());
        }
        try (LoadSource load = open(turn, topic)) {
            Load warmup = load.run(units(turn.scale().bulkWarmupBytes()));
            Turn.Measured measured =
                    turn.measure(label(), bytes(turn.scale()), () -> load.run(units(bytes(turn.scale()))));
            turn.requireRecords(topic, warmup.records() + measured.load().records());
            score(turn, measured);
        }
        try (Wire wire = turn.broker().connect()) {
            topic.delete(wire);
        }
    }

    private LoadSource open(Turn turn, Topic topic) throws IOException {
        if (client == Clients.Kind.JAVA) {
            return new JavaBulk(
                    turn.broker().bootstrap(),
                    topic.name(),
                    new JavaBulk.Shape(JAVA_PRODUCERS, recordBytes, 0),
                    new Meter());
        }
        short version = turn.clients().produceVersion();
        List<Integer> all = IntStream.range(0, PARTITIONS).boxed().toList();
        List<ClosedLoop.Lane> lanes = IntStream.range(0, LEAN_CONNECTIONS)
                .mapToObj(lane -> new ClosedLoop.Lane(
                        turn.broker().address(), List.of(ProduceFrame.encode(version, topic, all, leanBatch()))))
                .toList();
        return new ClosedLoop(version, lanes, IN_FLIGHT);
    }

    private ProduceFrame.Batch leanBatch() {
        return new ProduceFrame.Batch(LEAN_BATCH_BYTES / recordBytes, recordBytes);
    }

    private String label() {
        return "w2-" + recordBytes + "-" + client.name().toLowerCase(Locale.ROOT);
    }

    private long bytes(Scale scale) {
        return client == Clients.Kind.JAVA ? scale.bulkBytes() : scale.leanBulkBytes();
    }

    /** Units of the chosen client (records or requests) that make up about {@code bytes} of values. */
    private long units(long bytes) {
        long unitBytes =
                client == Clients.Kind.JAVA ? recordBytes : (long) leanBatch().records() * recordBytes * PARTITIONS;
        return bytes / unitBytes;
    }

    private void score(Turn turn, Turn.Measured measured) {
        Load load = measured.load();
        turn.score(cpu, measured.cpuSecondsPerMillion());
        turn.score(rate, load.recordsPerSecond());
        turn.score(throughput, load.records() * (double) recordBytes / 1e6 / load.seconds());
        turn.score(p99, load.latencyMillis(99));
        turn.say("w2 " + recordBytes + " bytes, " + client.label() + ": "
                + Unit.RECORDS_PER_SECOND.format(load.recordsPerSecond()) + " records/s, "
                + Unit.CPU_SECONDS_PER_MILLION.format(measured.cpuSecondsPerMillion()) + " CPU s/M");
    }
}
