package io.sluice.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** R2: how long no topic can be created when the controller of many partitions is killed. */
final class ControllerKill implements Workload {
    private static final int TOPICS = 10;
    /** No more than survive: where a third replica goes is not what is measured. */
    private static final int PROBE_REPLICAS = 2;

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static final Metric NEXT_TOPIC =
            Metric.of("r2", "next topic created", Unit.SECONDS).toReach(Target.ownAtMost(3.0));

    @Override
    public String id() {
        return "r2";
    }

    @Override
    public String description() {
        return "kill -9 of the controller of a cluster with 1,000 partitions of three replicas, until another topic is "
                + "created (two replicas); the surviving brokers are asked in turn, over connections that were open "
                + "before; every kill is a value";
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
        turn.onNewBrokers(brokers(), Detection.DEFAULT, ControllerKill::killAgainAndAgain);
    }

    private static void killAgainAndAgain(Turn turn) throws Exception {
        try (ClusterView view = ClusterView.of(turn)) {
            List<Topic> topics = new ArrayList<>();
            for (int i = 0; i < TOPICS; i++) {
                topics.add(view.create(
                        turn.topicName("r2-" + i), turn.scale().cluster().partitions() / TOPICS));
            }
            for (int i = 0; i < turn.scale().cluster().controllerKills(); i++) {
                kill(turn, view);
                view.awaitInSync(topics);
            }
        }
    }

    private static void kill(Turn turn, ClusterView view) throws IOException, ExecutionException, InterruptedException {
        int controller = view.controller();
        List<Wire> survivors = new ArrayList<>();
        try {
            for (Broker broker : turn.cluster().without(controller)) {
                survivors.add(broker.connect());
            }
            long killed = System.nanoTime();
            turn.cluster().kill(controller);
            int attempts = createTopic(turn.topicName("r2-probe"), survivors);
            double seconds = (System.nanoTime() - killed) / 1e9;
            turn.score(NEXT_TOPIC, seconds);
            turn.say("r2: killed controller " + controller + ", next topic created after "
                    + Unit.SECONDS.format(seconds) + " s, attempts: " + attempts);
        } finally {
            for (Wire wire : survivors) {
                wire.close();
            }
        }
        turn.cluster().startAgain(controller);
    }

    /** A new name each time, because an attempt whose outcome was not known may have succeeded. */
    private static int createTopic(String name, List<Wire> survivors) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        for (int attempt = 1; System.nanoTime() < deadline; attempt++) {
            TopicRequest request = new TopicRequest(name + "-" + attempt, 1, PROBE_REPLICAS, Map.of());
            if (TopicRequest.succeeded(request.send(survivors.get(attempt % survivors.size())))) {
                return attempt;
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        throw new BenchException("no topic could be created for " + LIMIT.toMinutes() + " minutes");
    }
}
