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
 * @param load who writes
 * @param faults what may go wrong, each as likely as it is often there
 * @param chaosMs how long faults go on
 * @param recoverWithinMs how long after the last fault everything must be well again
 */
record RunOptions(
        int brokers,
        int homeLoops,
        List<Topic> topics,
        Map<String, String> brokerSettings,
        Load load,
        List<Nemesis.Fault> faults,
        long chaosMs,
        long recoverWithinMs) {

    /**
     * @param minInSync {@code min.insync.replicas}
     * @param flushed whether acknowledgements wait for the disk ({@code flush.messages=1})
     * @param retentionBytes {@code retention.bytes}
     */
    record Topic(String name, int partitions, int replicas, int minInSync, boolean flushed, long retentionBytes) {
        private static final long ALL = -1;

        Topic(String name, int partitions, int replicas, int minInSync, boolean flushed) {
            this(name, partitions, replicas, minInSync, flushed, ALL);
        }

        boolean retainsAll() {
            return retentionBytes == ALL;
        }

        Map<String, String> settings(int segmentBytes) {
            Map<String, String> settings = new TreeMap<>();
            settings.put("min.insync.replicas", String.valueOf(minInSync));
            settings.put("segment.bytes", String.valueOf(segmentBytes));
            settings.put("index.interval.bytes", "64");
            settings.put("retention.ms", "-1");
            settings.put("retention.bytes", String.valueOf(retentionBytes));
            if (flushed) {
                settings.put("flush.messages", "1");
            }
            return settings;
        }
    }

    /**
     * Who writes.
     *
     * @param producers that want their records on all replicas in sync, per partition
     * @param careless producers that are content with the leader, per partition; what they write may get lost
     * @param groups that commit how far they have come
     */
    record Load(int producers, int careless, int groups) {
        static Load of(int producers) {
            return new Load(producers, 0, 0);
        }

        List<SimProducer.Kind> kinds(Chance chance) {
            List<SimProducer.Kind> kinds = new ArrayList<>();
            for (int i = 0; i < producers; i++) {
                kinds.add(chance.of(
                        List.of(SimProducer.Kind.IDEMPOTENT, SimProducer.Kind.IDEMPOTENT, SimProducer.Kind.PLAIN)));
            }
            for (int i = 0; i < careless; i++) {
                kinds.add(SimProducer.Kind.LEADER_ONLY);
            }
            return kinds;
        }
    }

    /** All topics that promise something, those that brokers keep for themselves included. */
    List<Topic> promises() {
        List<Topic> all = new ArrayList<>(topics);
        if (load.groups() > 0) {
            all.add(new Topic("__consumer_offsets", 2, 3, 2, false));
        }
        return all;
    }

    /** Whether a topic keeps all that is not deleted by request. */
    boolean retainsAll(String topic) {
        return topics.stream().filter(each -> each.name().equals(topic)).allMatch(Topic::retainsAll);
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
                Load.of(chance.between(1, 2)),
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
                Load.of(chance.between(1, 2)),
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
                new Load(1, 1, 0),
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
            faults.add(Nemesis.Fault.ELECT_PREFERRED);
        }
        return new RunOptions(
                chance.between(4, 5),
                1,
                List.of(new Topic("two-of-three", chance.between(1, 2), 3, 2, chance.oneIn(3))),
                new TreeMap<>(Map.of("replica.lag.time.max.ms", "2000")),
                Load.of(1),
                faults,
                15_000,
                90_000);
    }

    /** Groups that commit, while their coordinators come and go. */
    static RunOptions groups(long seed) {
        Chance chance = new Chance(seed, "options");
        return new RunOptions(
                3,
                chance.between(1, 2),
                List.of(new Topic("two-of-three", 1, 3, 2, false)),
                new TreeMap<>(Map.of(
                        "replica.lag.time.max.ms", String.valueOf(chance.between(1_000, 3_000)),
                        "offsets.topic.num.partitions", "2",
                        "offsets.topic.replication.factor", "3",
                        "min.insync.replicas", "2")),
                new Load(1, 0, chance.between(2, 4)),
                simpleAnd(Nemesis.Fault.ELECT_PREFERRED, 5),
                15_000,
                90_000);
    }

    /** Topics that are deleted and made anew, while brokers are away or do not hear of it. */
    static RunOptions topics(long seed) {
        Chance chance = new Chance(seed, "options");
        List<Nemesis.Fault> faults = simpleAnd(Nemesis.Fault.RECREATE_UNHEARD, 12);
        faults.addAll(simpleAnd(Nemesis.Fault.RECREATE, 6));
        return new RunOptions(
                3,
                1,
                List.of(new Topic("come-and-go", 1, 3, 2, chance.oneIn(3))),
                new TreeMap<>(Map.of("replica.lag.time.max.ms", "2000")),
                Load.of(chance.between(1, 2)),
                faults,
                15_000,
                90_000);
    }

    /** Records that are deleted, by request and by age, while replicas are away. */
    static RunOptions deletions(long seed) {
        Chance chance = new Chance(seed, "options");
        List<Nemesis.Fault> faults = simpleAnd(Nemesis.Fault.DELETE_RECORDS, 6);
        faults.addAll(simpleAnd(Nemesis.Fault.DELETE_BEHIND, 6));
        long retentionBytes = chance.oneIn(2) ? chance.between(2_000, 20_000) : Topic.ALL;
        return new RunOptions(
                3,
                1,
                List.of(new Topic("two-of-three", chance.between(1, 2), 3, 2, chance.oneIn(3), retentionBytes)),
                new TreeMap<>(Map.of("replica.lag.time.max.ms", "2000")),
                Load.of(chance.between(1, 2)),
                faults,
                15_000,
                90_000);
    }

    /** Controllers that follow upon one another. */
    static RunOptions terms(long seed) {
        Chance chance = new Chance(seed, "options");
        return new RunOptions(
                3,
                1,
                List.of(new Topic("come-and-go", 1, 3, 2, false)),
                new TreeMap<>(Map.of("replica.lag.time.max.ms", String.valueOf(chance.between(1_000, 6_000)))),
                Load.of(1),
                List.of(Nemesis.Fault.LATE_CALL),
                12_000,
                60_000);
    }

    private static List<Nemesis.Fault> simpleAnd(Nemesis.Fault more, int times) {
        List<Nemesis.Fault> faults = new ArrayList<>(Nemesis.Fault.simple());
        for (int i = 0; i < times; i++) {
            faults.add(more);
        }
        return faults;
    }
}
