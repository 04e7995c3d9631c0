package io.sluice.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * R6: resident memory of all brokers of a cluster at rest. The target is on the sum of their resident sets, which counts
 * what they share once for each; what the machine gives them in all is told beside it.
 */
final class IdleCluster implements Workload {
    private static final Metric RESIDENT =
            Metric.of("r6", "resident, three idle brokers", Unit.MEBIBYTES).toReach(Target.atMost(0.5));
    private static final Metric SHARE = Metric.of("r6", "of the machine's memory, shared pages once", Unit.MEBIBYTES);

    @Override
    public String id() {
        return "r6";
    }

    @Override
    public String description() {
        return "resident memory of three brokers that were started and left alone: the sum of VmRSS, in which pages that "
                + "they share count three times, and that of Pss, in which they count once; Sluice's include their "
                + "ZooKeeper servers, Kafka's their controllers";
    }

    @Override
    public int brokers() {
        return CLUSTER_BROKERS;
    }

    @Override
    public void run(Turn turn) throws IOException, InterruptedException {
        TimeUnit.MILLISECONDS.sleep(turn.scale().settle().toMillis());
        double mebibytes = turn.cluster().usage().residentMebibytes();
        double share = turn.cluster().memoryShare().mebibytes();
        turn.score(RESIDENT, mebibytes);
        turn.score(SHARE, share);
        turn.say("r6: " + Unit.MEBIBYTES.format(mebibytes) + " MiB resident, " + Unit.MEBIBYTES.format(share)
                + " MiB with shared pages once, three brokers, idle");
    }
}
