package io.sluice.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one run is made of, drawn from its seed.
 *
 * @param brokers how many
 * @param homeLoops loops for partitions in each broker
 * @param topics what is written to
 * @param brokerSettings by name
 * @param producers per partition
 * @param faults what may go wrong, each as likely as it is often there
 * @param chaosMs how long faults go on
 * @param recoverWithinMs how long after the last fault everything must be well again
 */
record RunOptions(
        int brokers,
        int homeLoops,
        List<Topic> topics,
        Map<String, String> brokerSettings,
        int producers,
        List<Nemesis.Fault> faults,
        long chaosMs,
        long recoverWithinMs) {

    /**
     * @param minInSync {@code min.insync.replicas}
     * @param flushed whether acknowledgements wait for the disk ({@code flush.messages=1})
     */
    record Topic(String name, int partitions, int replicas, int minInSync, boolean flushed) {
        Map<String, String> settings(int segmentBytes) {
            Map<String, String> settings = new TreeMap<>();
            settings.put("min.insync.replicas", String.valueOf(minInSync));
            settings.put("segment.bytes", String.valueOf(segmentBytes));
            settings.put("index.interval.bytes", "64");
            settings.put("retention.ms", "-1");
            if (flushed) {
                settings.put("flush.messages", "1");
            }
            return settings;
        }
    }

    /** A cluster of one, where nothing is replicated. */
    static RunOptions single(long seed) {
        Chance chance = new Chance(seed, "options");
        boolean flushed = chance.oneIn(2);
        return new RunOptions(
                1,
                chance.between(1, 2),
                List.of(new Topic("single", chance.between(1, 3), 1, 1, flushed)),
                Map.of(),
                chance.between(1, 2),
                Nemesis.Fault.simple(),
                15_000,
                60_000);
    }

    /** Brokers that replicate. */
    static RunOptions cluster(long seed) {
        Chance chance = new Chance(seed, "options");
        int brokers = chance.oneIn(4) ? chance.between(4, 5) : 3;
        List<Topic> topics = new ArrayList<>();
        topics.add(new Topic("two-of-three", chance.between(1, 3), 3, 2, chance.oneIn(3)));
        if (chance.oneIn(3)) {
            topics.add(new Topic("one-of-two", 1, 2, 1, chance.oneIn(3)));
        }
        return new RunOptions(
                brokers,
                chance.between(1, 2),
                topics,
                new TreeMap<>(Map.of(
                        "replica.lag.time.max.ms", String.valueOf(chance.between(1_000, 6_000)),
                        "replica.fetch.wait.max.ms", String.valueOf(chance.between(50, 500)))),
                chance.between(1, 2),
                Nemesis.Fault.simple(),
                20_000,
                90_000);
    }

    /** Three brokers, one partition that flushes in the background, and drills. */
    static RunOptions drills(long seed, Nemesis.Fault... faults) {
        Chance chance = new Chance(seed, "options");
        return new RunOptions(
                3,
                1,
                List.of(new Topic("two-of-three", 1, 3, 2, false)),
                new TreeMap<>(Map.of(
                        "replica.lag.time.max.ms", String.valueOf(chance.between(1_000, 2_000)),
                        "replica.fetch.wait.max.ms", String.valueOf(chance.between(50, 500)))),
                1,
                List.of(faults),
                25_000,
                90_000);
    }

    /** Partitions that move among four or five brokers, while anything may happen. */
    static RunOptions moves(long seed) {
        Chance chance = new Chance(seed, "options");
        List<Nemesis.Fault> faults = new ArrayList<>(Nemesis.Fault.simple());
        for (int i = 0; i < 8; i++) {
            faults.add(Nemesis.Fault.MOVE);
        }
        return new RunOptions(
                chance.between(4, 5),
                1,
                List.of(new Topic("two-of-three", chance.between(1, 2), 3, 2, chance.oneIn(3))),
                new TreeMap<>(Map.of("replica.lag.time.max.ms", "2000")),
                1,
                faults,
                15_000,
                90_000);
    }
}
