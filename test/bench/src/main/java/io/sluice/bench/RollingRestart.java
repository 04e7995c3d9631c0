package io.sluice.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** R5: what producers notice when each broker in turn is stopped cleanly and started again. */
final class RollingRestart implements Workload {
    private static final int PARTITIONS = 6;
    /** Of each producer, before the first broker stops. */
    private static final int STEADY_ACKS = 500;

    private static final Metric WORST =
            Metric.of("r5", "longest pause of any producer", Unit.SECONDS).toReach(Target.ownAtMost(1.0));
    private static final Metric EACH = Metric.of("r5", "longest pause, per broker restarted", Unit.SECONDS);
    private static final Metric DURATION = Metric.of("r5", "SIGTERM until all in sync again, per broker", Unit.SECONDS);

    @Override
    public String id() {
        return "r5";
    }

    @Override
    public String description() {
        return "rolling clean restart (SIGTERM, start, all replicas in sync, the next broker) of three brokers under "
                + "load: 6 official producers, one for each partition, send a record at a time and try again every "
                + "20 ms; three replicas, min.insync.replicas=2; a pause is the time between two acknowledgements of "
                + "one producer";
    }

    @Override
    public int brokers() {
        return CLUSTER_BROKERS;
    }

    @Override
    public boolean startsItsOwnBroker() {
        return true;
    }

    @Override
    public void run(Turn turn) throws Exception {
        turn.onNewBrokers(brokers(), Detection.DEFAULT, RollingRestart::restartAll);
    }

    private static void restartAll(Turn turn) throws Exception {
        List<SteadyProducer> producers = new ArrayList<>();
        try (ClusterView view = ClusterView.of(turn)) {
            Topic topic = view.create(turn.topicName("r5"), PARTITIONS);
            for (int partition = 0; partition < PARTITIONS; partition++) {
                producers.add(new SteadyProducer(turn.cluster().bootstrap(), topic, partition));
            }
            double worst = 0;
            for (int node = 1; node <= turn.cluster().size(); node++) {
                worst = Math.max(worst, restart(turn, view, topic, producers, node));
            }
            turn.score(WORST, worst);
            long acknowledged = 0;
            for (SteadyProducer producer : producers) {
                acknowledged += producer.stop();
            }
            view.requireRecords(topic, acknowledged);
        } finally {
            producers.forEach(SteadyProducer::close);
        }
    }

    private static double restart(Turn turn, ClusterView view, Topic topic, List<SteadyProducer> producers, int node)
            throws IOException, ExecutionException, InterruptedException {
        for (SteadyProducer producer : producers) {
            producer.awaitAcks(STEADY_ACKS);
        }
        producers.forEach(SteadyProducer::forgetPauses);
        long start = System.nanoTime();
        turn.cluster().terminate(node);
        turn.cluster().startAgain(node);
        view.awaitInSync(List.of(topic));
        double duration = (System.nanoTime() - start) / 1e9;
        double pause = producers.stream()
                .mapToDouble(producer -> producer.longestPause().toNanos() / 1e9)
                .max()
                .orElseThrow();
        turn.score(EACH, pause);
        turn.score(DURATION, duration);
        turn.say("r5: restarted broker " + node + " in " + Unit.SECONDS.format(duration) + " s, longest pause "
                + Unit.SECONDS.format(pause) + " s");
        return pause;
    }
}
