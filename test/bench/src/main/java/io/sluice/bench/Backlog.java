package io.sluice.bench;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** W4: an official consumer reads a backlog that lies in the page cache. */
final class Backlog implements Workload {
    private static final int PARTITIONS = 6;
    private static final int RECORD_BYTES = 100;
    private static final int BATCH_RECORDS = 640;
    private static final int IN_FLIGHT = 5;
    /** One takes little more than a second, in which the consumer's collector alone makes a difference of a tenth. */
    private static final int PASSES = 5;

    private static final Metric RATE =
            Metric.of("w4", "rate", Unit.RECORDS_PER_SECOND).toReach(Target.atLeast(1.0));
    private static final Metric CPU =
            Metric.of("w4", "broker CPU", Unit.CPU_SECONDS_PER_MILLION).toReach(Target.atMost(1.0));

    @Override
    public String id() {
        return "w4";
    }

    @Override
    public String description() {
        return "consume a backlog of 100-byte records in 64 KB batches from 6 partitions, page-cached, one official "
                + "Java consumer with its defaults; read once before, then " + PASSES + " times";
    }

    @Override
    public void run(Turn turn) throws Exception {
        Topic topic;
        try (Wire wire = turn.broker().connect()) {
            topic = Topic.create(wire, turn.topicName("w4"), PARTITIONS, Map.of());
        }
        long records = fill(turn, topic);
        try (BacklogReader reader = new BacklogReader(turn.broker().bootstrap(), topic.name(), new Meter())) {
            reader.run(records);
            Turn.Measured measured = turn.measure("w4", () -> reader.runTimes(PASSES, records));
            turn.score(RATE, measured.load().recordsPerSecond());
            turn.score(CPU, measured.cpuSecondsPerMillion());
            turn.say("w4: " + Unit.RECORDS_PER_SECOND.format(measured.load().recordsPerSecond()) + " records/s, "
                    + Unit.CPU_SECONDS_PER_MILLION.format(measured.cpuSecondsPerMillion()) + " CPU s/M");
        }
        try (Wire wire = turn.broker().connect()) {
            topic.delete(wire);
        }
    }

    private static long fill(Turn turn, Topic topic) throws Exception {
        short version = turn.clients().produceVersion();
        List<Integer> all = IntStream.range(0, PARTITIONS).boxed().toList();
        ProduceFrame frame =
                ProduceFrame.encode(version, topic, all, new ProduceFrame.Batch(BATCH_RECORDS, RECORD_BYTES));
        ClosedLoop.Lane lane = new ClosedLoop.Lane(turn.broker().address(), List.of(frame));
        try (ClosedLoop loop = new ClosedLoop(version, List.of(lane), IN_FLIGHT)) {
            return loop.run(turn.scale().backlogRecords() / frame.records()).records();
        }
    }
}
