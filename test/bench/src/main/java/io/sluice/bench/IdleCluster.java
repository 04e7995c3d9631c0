package io.sluice.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** R6: resident memory of all brokers of a cluster at rest. */
final class IdleCluster implements Workload {
    private static final Metric RESIDENT =
            Metric.of("r6", "resident, three idle brokers", Unit.MEBIBYTES).toReach(Target.atMost(0.5));

    @Override
    public String id() {
        return "r6";
    }

    @Override
    public String description() {
        return "resident memory (VmRSS), summed over three brokers that were started and left alone; Sluice's include "
                + "their ZooKeeper servers, Kafka's their controllers";
    }

    @Override
    public int brokers() {
        return CLUSTER_BROKERS;
    }

    @Override
    public void run(Turn turn) throws IOException, InterruptedException {
        TimeUnit.MILLISECONDS.sleep(turn.scale().settle().toMillis());
        double mebibytes = turn.cluster().usage().residentMebibytes();
        turn.score(RESIDENT, mebibytes);
        turn.say("r6: " + Unit.MEBIBYTES.format(mebibytes) + " MiB resident, three brokers, idle");
    }
}
