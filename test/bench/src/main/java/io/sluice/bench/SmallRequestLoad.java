package io.sluice.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the workloads of small requests have in common: 64 producers, each of which sends one 100-byte record with acks=all
 * and waits for the answer before the next, and what is told of them.
 */
final class SmallRequestLoad {
    static final int PRODUCERS = 64;
    static final int PARTITIONS = 6;
    static final int RECORD_BYTES = 100;

    private SmallRequestLoad() {}

    /** The producers, on whichever client was asked for; its unit is a request. */
    static LoadSource open(Turn turn, Topic topic) throws IOException {
        return open(
                turn,
                topic,
                Collections.nCopies(topic.partitions(), turn.broker().address()));
    }

    /** @param leaders of the topic's partitions, by index */
    static LoadSource open(Turn turn, Topic topic, List<InetSocketAddress> leaders) throws IOException {
        if (turn.clients().small() == Clients.Kind.JAVA) {
            return new JavaClosedLoop(turn.cluster().bootstrap(), topic.name(), PRODUCERS, RECORD_BYTES, new Meter());
        }
        short version = turn.clients().produceVersion();
        return new ClosedLoop(version, lanes(version, topic, leaders), 1);
    }

    /** A lane for each producer: it writes to one partition, and is connected to that one's leader. */
    static List<ClosedLoop.Lane> lanes(short version, Topic topic, List<InetSocketAddress> leaders) {
        ProduceFrame.Batch batch = new ProduceFrame.Batch(1, RECORD_BYTES);
        return IntStream.range(0, PRODUCERS)
                .map(producer -> producer % leaders.size())
                .mapToObj(partition -> new ClosedLoop.Lane(
                        leaders.get(partition),
                        List.of(ProduceFrame.encode(version, topic, List.of(partition), batch))))
                .toList();
    }

    /** The figures of one workload. */
    record Figures(String workload, Metric cpu, Metric rate, Metric p50, Metric p99, Metric p999) {
        /** Those of a workload, with the ratios that CPU, rate and p99 have to reach. */
        static Figures of(String workload, String cpuLabel, Target cpu, Target rate, Target p99) {
            return new Figures(
                    workload,
                    Metric.of(workload, cpuLabel, Unit.CPU_SECONDS_PER_MILLION).toReach(cpu),
                    Metric.of(workload, "rate", Unit.RECORDS_PER_SECOND).toReach(rate),
                    Metric.of(workload, "p50", Unit.MILLISECONDS),
                    Metric.of(workload, "p99", Unit.MILLISECONDS).toReach(p99),
                    Metric.of(workload, "p99.9", Unit.MILLISECONDS));
        }

        void score(Turn turn, Turn.Measured measured) {
            Load load = measured.load();
            turn.score(cpu, measured.cpuSecondsPerMillion());
            turn.score(rate, load.recordsPerSecond());
            turn.score(p50, load.latencyMillis(50));
            turn.score(p99, load.latencyMillis(99));
            turn.score(p999, load.latencyMillis(99.9));
            turn.say(workload + ": " + Unit.RECORDS_PER_SECOND.format(load.recordsPerSecond()) + " records/s, "
                    + Unit.CPU_SECONDS_PER_MILLION.format(measured.cpuSecondsPerMillion()) + " CPU s/M, p99 "
                    + Unit.MILLISECONDS.format(load.latencyMillis(99)) + " ms");
        }
    }
}
