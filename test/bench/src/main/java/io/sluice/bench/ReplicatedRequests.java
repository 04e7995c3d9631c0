package io.sluice.bench;

/** R3: W1's 64 producers, into partitions with three replicas. */
final class ReplicatedRequests implements Workload {
    private static final SmallRequestLoad.Figures FIGURES = SmallRequestLoad.Figures.of(
            "r3", "CPU of all brokers", Target.atMost(0.6), Target.atLeast(1.3), Target.atMost(0.7));

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
            Topic topic = view.create(turn.topicName("r3"), SmallRequestLoad.PARTITIONS);
            try (LoadSource load = SmallRequestLoad.open(turn, topic, view.leaderAddresses(topic))) {
                load.run(scale.smallWarmup());
                Turn.Measured measured = turn.measure("r3", () -> load.run(scale.smallRequests()));
                view.requireRecords(topic, scale.smallWarmup() + scale.smallRequests());
                FIGURES.score(turn, measured);
            }
            view.delete(topic);
        }
    }
}
