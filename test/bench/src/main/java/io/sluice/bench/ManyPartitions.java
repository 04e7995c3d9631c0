package io.sluice.bench;

import java.io.IOException;

/** W7: what 5,000 partitions cost when they are created and at each restart. */
final class ManyPartitions implements Workload {
    private static final Metric CREATE = Metric.of("w7", "create", Unit.SECONDS).toReach(Target.atMost(0.5));
    private static final Metric CLEAN =
            Metric.of("w7", "clean restart", Unit.SECONDS).toReach(Target.atMost(0.5));
    private static final Metric STOP = Metric.of("w7", "of which stopping", Unit.SECONDS);
    private static final Metric CRASH =
            Metric.of("w7", "restart after kill -9", Unit.SECONDS).toReach(Target.atMost(0.5));
    private static final Metric RESIDENT = Metric.of("w7", "resident, with the partitions", Unit.MEBIBYTES);

    @Override
    public String id() {
        return "w7";
    }

    @Override
    public String description() {
        return "5,000 partitions in 50 topics: created (a topic a request) until each has acknowledged a batch; "
                + "SIGTERM and start, kill -9 and start, each until all partitions answer with the right end offset "
                + "and ten topics acknowledge a record";
    }

    @Override
    public boolean startsItsOwnBroker() {
        return true;
    }

    @Override
    public void run(Turn turn) throws Exception {
        Peer.Installation installation = turn.install("partitions");
        PartitionHerd herd = new PartitionHerd(turn.clients().produceVersion());
        Broker broker = turn.spawn(installation);
        try {
            create(turn, broker, herd);

            long terminated = System.nanoTime();
            broker.terminate();
            double stopping = secondsSince(terminated);
            broker = turn.spawn(installation);
            herd.awaitService(broker);
            score(turn, CLEAN, secondsSince(terminated));
            score(turn, STOP, stopping);

            herd.writeToAll(broker);
            long killed = System.nanoTime();
            broker.kill();
            broker = turn.spawn(installation);
            herd.awaitService(broker);
            score(turn, CRASH, secondsSince(killed));
        } finally {
            broker.close();
        }
        Workspace.delete(installation.folder());
    }

    private static void create(Turn turn, Broker broker, PartitionHerd herd) throws IOException, InterruptedException {
        try (Wire wire = broker.connect()) {
            wire.apiVersions();
        }
        long start = System.nanoTime();
        herd.create(broker, turn.scale().partitions());
        score(turn, CREATE, secondsSince(start));
        score(turn, RESIDENT, broker.usage().residentMebibytes());
    }

    private static void score(Turn turn, Metric metric, double value) {
        turn.score(metric, value);
        turn.say("w7: " + metric.label() + " " + metric.unit().format(value) + " "
                + metric.unit().label());
    }

    private static double secondsSince(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }
}
