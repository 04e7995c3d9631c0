package io.sluice.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** W6: resident memory of the broker process, at rest after its start or after the other workloads. */
final class Memory implements Workload {
    private static final Metric IDLE =
            Metric.of("w6", "resident, idle", Unit.MEBIBYTES).toReach(Target.atMost(0.5));
    private static final Metric AFTER =
            Metric.of("w6", "resident, after the workloads", Unit.MEBIBYTES).toReach(Target.atMost(0.5));

    private final boolean afterwards;

    private Memory(boolean afterwards) {
        this.afterwards = afterwards;
    }

    static Memory idle() {
        return new Memory(false);
    }

    static Memory afterTheWorkloads() {
        return new Memory(true);
    }

    @Override
    public String id() {
        return "w6";
    }

    @Override
    public String description() {
        return afterwards
                ? "resident memory (VmRSS) after the other workloads of this run that share a broker"
                : "resident memory (VmRSS) of a broker that was started and left alone";
    }

    @Override
    public void run(Turn turn) throws IOException, InterruptedException {
        TimeUnit.MILLISECONDS.sleep(turn.scale().settle().toMillis());
        double mebibytes = turn.broker().usage().residentMebibytes();
        turn.score(afterwards ? AFTER : IDLE, mebibytes);
        turn.say("w6: " + Unit.MEBIBYTES.format(mebibytes) + " MiB resident, " + (afterwards ? "after load" : "idle"));
    }
}
