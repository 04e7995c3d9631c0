package io.sluice.bench;

import java.util.Map;

/** W1: 64 producers, each sends one 100-byte record with acks=all and waits for the answer before the next. */
final class SmallRequests implements Workload {
    private static final SmallRequestLoad.Figures FIGURES = SmallRequestLoad.Figures.of(
            "w1", "broker CPU", Target.atMost(0.45), Target.atLeast(1.4), Target.atMost(0.5));

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
            topic = Topic.create(wire, turn.topicName("w1"), SmallRequestLoad.PARTITIONS, Map.of());
        }
        Scale scale = turn.scale();
        try (LoadSource load = SmallRequestLoad.open(turn, topic)) {
            load.run(scale.smallWarmup());
            Turn.Measured measured = turn.measure("w1", () -> load.run(scale.smallRequests()));
            turn.requireRecords(topic, scale.smallWarmup() + scale.smallRequests());
            FIGURES.score(turn, measured);
        }
    }
}
