package io.sluice.bench;

import java.util.Map;

/** W8: what an fsync before each acknowledgement costs when 64 producers share it. */
final class Flushed implements Workload {
    /** Kafka does one fsync a request: with as many requests as Sluice gets it would take the whole run's time. */
    private static final int PEER_DIVISOR = 10;

    private static final Metric KEPT = Metric.of(
                    "w8", "Sluice: rate with flush.messages=1, against without", Unit.RECORDS_PER_SECOND)
            .toReach(Target.atLeast(0.6));
    private static final Metric RATE = Metric.of("w8", "rate with flush.messages=1", Unit.RECORDS_PER_SECOND);
    private static final Metric P99 = Metric.of("w8", "p99 with flush.messages=1", Unit.MILLISECONDS);

    @Override
    public String id() {
        return "w8";
    }

    @Override
    public String description() {
        return "64 producers as in w1, into a topic with flush.messages=1. The first line compares Sluice with itself "
                + "(second column: the same load without flush.messages=1)";
    }

    @Override
    public void run(Turn turn) throws Exception {
        boolean subject = turn.side() == Side.SUBJECT;
        long requests = turn.scale().flushedRequests() / (subject ? 1 : PEER_DIVISOR);
        if (subject) {
            Load plain = measure(turn, Map.of(), turn.scale().flushedRequests());
            turn.score(KEPT, Side.PEER, plain.recordsPerSecond());
        }
        Load flushed = measure(turn, Map.of("flush.messages", "1"), requests);
        if (subject) {
            turn.score(KEPT, Side.SUBJECT, flushed.recordsPerSecond());
        }
        turn.score(RATE, flushed.recordsPerSecond());
        turn.score(P99, flushed.latencyMillis(99));
        turn.say("w8: " + Unit.RECORDS_PER_SECOND.format(flushed.recordsPerSecond()) + " records/s with fsync");
    }

    private static Load measure(Turn turn, Map<String, String> configs, long requests) throws Exception {
        Topic topic;
        try (Wire wire = turn.broker().connect()) {
            topic = Topic.create(wire, turn.topicName("w8"), SmallRequestLoad.PARTITIONS, configs);
        }
        try (LoadSource load = SmallRequestLoad.open(turn, topic)) {
            load.run(requests);
            return turn.measure(configs.isEmpty() ? "w8-plain" : "w8-flushed", () -> load.run(requests))
                    .load();
        }
    }
}
