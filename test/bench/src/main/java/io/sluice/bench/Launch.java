package io.sluice.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** W5: from the start of the process, on a cold data folder, to the first acknowledged record. */
final class Launch implements Workload {
    private static final Metric TIME = Metric.of("w5", "launch to first acked record", Unit.SECONDS)
            .toReach(Target.atMost(0.5).andAtMost(1.5));

    private static final Metric CPU = Metric.of("w5", "CPU used until then", Unit.SECONDS);

    @Override
    public String id() {
        return "w5";
    }

    @Override
    public String description() {
        return "launch on a cold data folder until the first record is acknowledged (acks=all) in a topic created "
                + "then; Sluice through its launcher script, Kafka's JVM directly and with its storage already "
                + "formatted, which is not counted";
    }

    @Override
    public boolean startsItsOwnBroker() {
        return true;
    }

    @Override
    public void run(Turn turn) throws Exception {
        Peer.Installation installation = turn.install("launch");
        try (Broker broker = turn.spawn(installation)) {
            firstAck(turn, broker);
            double seconds = (System.nanoTime() - broker.startedNanos()) / 1e9;
            turn.score(TIME, seconds);
            turn.score(CPU, broker.usage().cpuSeconds());
            turn.say("w5: first record acknowledged after " + Unit.SECONDS.format(seconds) + " s");
        }
        Workspace.delete(installation.folder());
    }

    private static void firstAck(Turn turn, Broker broker) throws IOException, InterruptedException {
        while (true) {
            try (Wire wire = broker.connect()) {
                Topic topic = Topic.create(wire, "first", 1, Map.of());
                new Publisher(wire, turn.clients().produceVersion())
                        .publish(topic, List.of(0), new ProduceFrame.Batch(1, 100));
                return;
            } catch (IOException notReady) {
                // A broker that is still starting may accept a connection and drop it.
                broker.requireAlive();
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
    }
}
