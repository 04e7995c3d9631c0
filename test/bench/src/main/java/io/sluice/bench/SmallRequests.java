package io.sluice.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** W1: 64 producers, each sends one 100-byte record with acks=all and waits for the answer before the next. */
final class SmallRequests implements Workload {
    static final int PRODUCERS = 64;
    static final int PARTITIONS = 6;
    static final int RECORD_BYTES = 100;

    private static final Metric CPU =
            Metric.of("w1", "broker CPU", Unit.CPU_SECONDS_PER_MILLION).toReach(Target.atMost(0.45));
    private static final Metric RATE =
            Metric.of("w1", "rate", Unit.RECORDS_PER_SECOND).toReach(Target.atLeast(1.4));
    private static final Metric P50 = Metric.of("w1", "p50", Unit.MILLISECONDS);
    private static final Metric P99 = Metric.of("w1", "p99", Unit.MILLISECONDS).toReach(Target.atMost(0.5));
    private static final Metric P999 = Metric.of("w1", "p99.9", Unit.MILLISECONDS);

    @Override
    public String id() {
        return "w1";
    }

    @Override
    public String description() {
        return "64 producers, one 100-byte record per request, acks=all, 6 partitions, closed loop";
    }

    @Override
    public void run(Turn turn) throws Exception {
        Topic topic;
        try (Wire wire = turn.broker().connect()) {
            topic = Topic.create(wire, turn.topicName("w1"), PARTITIONS, Map.of());
        }
        Scale scale = turn.scale();
        try (LoadSource load = open(turn, topic)) {
            load.run(scale.smallWarmup());
            Turn.Measured measured = turn.measure("w1", () -> load.run(scale.smallRequests()));
            turn.requireRecords(topic, scale.smallWarmup() + scale.smallRequests());
            score(turn, measured);
        }
    }

    /** The client side of this workload, on whichever client was asked for; its unit is a request. */
    static LoadSource open(Turn turn, Topic topic) throws IOException {
        return open(
                turn,
                topic,
                Collections.nCopies(topic.partitions(), turn.broker().address()));
    }

    /** @param leaders of the topic's partitions, by index */
    static LoadSource open(Turn turn, Topic topic, List<InetSocketAddress> leaders) throws IOException {
        if (turn.clients().small() == Clients.Kind.JAVA) {
            return new JavaClosedLoop(turn.cluster().bootstrap(), topic.name(), PRODUCERS, RECORD_BYTES, new Meter());
        }
        short version = turn.clients().produceVersion();
        return new ClosedLoop(version, lanes(version, topic, leaders), 1);
    }

    /** A lane for each producer: it writes to one partition, and is connected to that one's leader. */
    static List<ClosedLoop.Lane> lanes(short version, Topic topic, List<InetSocketAddress> leaders) {
        ProduceFrame.Batch batch = new ProduceFrame.Batch(1, RECORD_BYTES);
        return IntStream.range(0, PRODUCERS)
                .map(producer -> producer % leaders.size())
                .mapToObj(partition -> new ClosedLoop.Lane(
                        leaders.get(partition),
                        List.of(ProduceFrame.encode(version, topic, List.of(partition), batch))))
                .toList();
    }

    private static void score(Turn turn, Turn.Measured measured) {
        Load load = measured.load();
        turn.score(CPU, measured.cpuSecondsPerMillion());
        turn.score(RATE, load.recordsPerSecond());
        turn.score(P50, load.latencyMillis(50));
        turn.score(P99, load.latencyMillis(99));
        turn.score(P999, load.latencyMillis(99.9));
        turn.say("w1: " + Unit.RECORDS_PER_SECOND.format(load.recordsPerSecond()) + " records/s, "
                + Unit.CPU_SECONDS_PER_MILLION.format(measured.cpuSecondsPerMillion()) + " CPU s/M, p99 "
                + Unit.MILLISECONDS.format(load.latencyMillis(99)) + " ms");
    }
}
