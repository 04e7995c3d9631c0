package io.sluice.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Thousands of partitions, and how many records each must hold. Survives its broker; one thread. */
final class PartitionHerd {
    private static final int PARTITIONS_PER_TOPIC = 100;
    private static final int PROBED_TOPICS = 10;
    private static final ProduceFrame.Batch BATCH = new ProduceFrame.Batch(10, 100);
    private static final ProduceFrame.Batch PROBE = new ProduceFrame.Batch(1, 100);
    private static final Duration SERVICE_LIMIT = Duration.ofMinutes(5);

    private final short produceVersion;
    private final List<Flock> topics = new ArrayList<>();

    /** One topic, and the end offset that each of its partitions must have. */
    private record Flock(Topic topic, List<Long> ends) {}

    PartitionHerd(short produceVersion) {
        this.produceVersion = produceVersion;
    }

    /** Creates them and returns when each has acknowledged a batch. */
    void create(Broker broker, int partitions) throws IOException, InterruptedException {
        try (Wire wire = broker.connect()) {
            for (int i = 0; i < partitions / PARTITIONS_PER_TOPIC; i++) {
                Topic topic = Topic.request(wire, "many-" + i, PARTITIONS_PER_TOPIC, Map.of());
                topics.add(new Flock(topic, new ArrayList<>(Collections.nCopies(PARTITIONS_PER_TOPIC, 0L))));
            }
            for (Flock flock : topics) {
                flock.topic().awaitLeaders(wire);
            }
        }
        writeToAll(broker);
    }

    /** One batch into every partition. */
    void writeToAll(Broker broker) throws IOException, InterruptedException {
        List<Integer> all = IntStream.range(0, PARTITIONS_PER_TOPIC).boxed().toList();
        try (Wire wire = broker.connect()) {
            Publisher publisher = new Publisher(wire, produceVersion);
            for (Flock flock : topics) {
                publisher.publish(flock.topic(), all, BATCH);
                flock.ends().replaceAll(end -> end + BATCH.records());
            }
        }
    }

    /** Returns when a broker that has just been spawned serves every partition with all that it had acknowledged. */
    void awaitService(Broker broker) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + SERVICE_LIMIT.toNanos();
        while (true) {
            try (Wire wire = broker.connect()) {
                for (Flock flock : topics) {
                    awaitEnds(wire, flock, deadline);
                }
                probe(wire);
                return;
            } catch (IOException notReady) {
                // A broker that is still starting may accept a connection and drop it.
                broker.requireAlive();
                if (System.nanoTime() > deadline) {
                    throw new BenchException(broker.name() + " does not serve its partitions", notReady);
                }
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
    }

    /** A partition may answer before its high watermark is back where it was: asked again until then. */
    private static void awaitEnds(Wire wire, Flock flock, long deadline) throws IOException, InterruptedException {
        while (true) {
            List<Long> found = flock.topic().endOffsets(wire);
            if (found.equals(flock.ends())) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new BenchException("topic " + flock.topic().name() + " came back with end offsets " + found
                        + " and had acknowledged " + flock.ends());
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    private void probe(Wire wire) throws IOException, InterruptedException {
        Publisher publisher = new Publisher(wire, produceVersion);
        int step = Math.max(1, topics.size() / PROBED_TOPICS);
        for (int i = 0; i < topics.size(); i += step) {
            Flock flock = topics.get(i);
            int partition = i % PARTITIONS_PER_TOPIC;
            publisher.publish(flock.topic(), List.of(partition), PROBE);
            flock.ends().set(partition, flock.ends().get(partition) + PROBE.records());
        }
    }
}
