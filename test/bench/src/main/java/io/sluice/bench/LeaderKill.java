package io.sluice.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** R1: how long a partition accepts nothing when the broker that leads it is killed. */
final class LeaderKill implements Workload {
    /** Acknowledged between the end of one failover and the next kill. */
    private static final int STEADY_ACKS = 500;

    private final Detection detection;
    private final Metric nextAck;
    private final Metric nextAckOfController;

    private LeaderKill(Detection detection, Target target) {
        this.detection = detection;
        this.nextAck = Metric.of("r1", "next acked write, " + detection.label(), Unit.SECONDS)
                .toReach(target);
        this.nextAckOfController =
                Metric.of("r1", "of these where the leader was controller too, " + detection.label(), Unit.SECONDS);
    }

    static LeaderKill withDefaultTimeOuts() {
        return new LeaderKill(Detection.DEFAULT, Target.atMost(0.3).andAtMost(2.0));
    }

    static LeaderKill withEqualTimeOuts() {
        return new LeaderKill(Detection.EQUAL, Target.atMost(1.0).andAtMost(2.0));
    }

    @Override
    public String id() {
        return "r1";
    }

    @Override
    public String description() {
        String timeOuts = detection == Detection.DEFAULT
                ? "each side's own time-outs"
                : "a session time-out of " + Detection.EQUAL_SESSION_MS + " ms on both sides";
        return "kill -9 of a partition's leader, until a record sent later is acknowledged; three replicas, "
                + "min.insync.replicas=2, one official producer that sends a record at a time and tries again every "
                + "20 ms; every kill is a value; " + timeOuts;
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
        turn.onNewBrokers(brokers(), detection, this::killAgainAndAgain);
    }

    private void killAgainAndAgain(Turn turn) throws Exception {
        try (ClusterView view = ClusterView.of(turn)) {
            Topic topic = view.create(turn.topicName("r1"), 1);
            try (SteadyProducer producer = new SteadyProducer(turn.cluster().bootstrap(), topic, 0)) {
                for (int i = 0; i < turn.scale().cluster().leaderKills(); i++) {
                    producer.awaitAcks(STEADY_ACKS);
                    kill(turn, view, topic, producer);
                }
                view.requireRecords(topic, producer.stop());
            }
        }
    }

    private void kill(Turn turn, ClusterView view, Topic topic, SteadyProducer producer)
            throws IOException, ExecutionException, InterruptedException {
        int leader = view.leaders(topic).get(0);
        boolean controllerToo = leader == view.controller();
        long killed = System.nanoTime();
        turn.cluster().kill(leader);
        double seconds = (producer.awaitAckOfLaterRecord() - killed) / 1e9;
        turn.score(nextAck, seconds);
        if (controllerToo) {
            turn.score(nextAckOfController, seconds);
        }
        turn.say("r1: killed leader " + leader + (controllerToo ? ", which was controller," : "") + " with "
                + detection.label() + ", next acked write after " + Unit.SECONDS.format(seconds) + " s");
        turn.cluster().startAgain(leader);
        view.awaitInSync(List.of(topic));
    }
}
