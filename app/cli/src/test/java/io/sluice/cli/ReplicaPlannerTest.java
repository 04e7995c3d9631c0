package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.kafka.common.TopicPartition;

class ReplicaPlannerTest {
    /** A cluster by chance: some brokers may be new and hold nothing. */
    private record Cluster(List<Placed> placed, List<Integer> brokers, Map<Integer, String> racks) {
        static Cluster of(long seed, int racks) {
            Random chance = new Random(seed);
            int count = 2 + chance.nextInt(7);
            List<Integer> brokers = IntStream.rangeClosed(1, count).boxed().toList();
            int old = 1 + chance.nextInt(count);
            List<Placed> placed = new ArrayList<>();
            for (int topic = 0; topic < 1 + chance.nextInt(4); topic++) {
                int replicas = 1 + chance.nextInt(Math.min(3, old));
                for (int partition = 0; partition < 1 + chance.nextInt(12); partition++) {
                    List<Integer> on = new ArrayList<>(brokers.subList(0, old));
                    Collections.shuffle(on, chance);
                    placed.add(new Placed(new TopicPartition("t" + topic, partition), on.subList(0, replicas)));
                }
            }
            Map<Integer, String> where = new HashMap<>();
            if (racks > 0) {
                brokers.forEach(id -> where.put(id, "r" + chance.nextInt(racks)));
            }
            return new Cluster(placed, brokers, where);
        }

        ReplicaPlanner planner() {
            return new ReplicaPlanner(placed, brokers, racks);
        }

        Cluster after(ReplicaPlanner planner) {
            Map<TopicPartition, Placed> all = new LinkedHashMap<>();
            placed.forEach(each -> all.put(each.partition(), each));
            planner.changes().forEach(each -> all.put(each.partition(), each));
            return new Cluster(List.copyOf(all.values()), brokers, racks);
        }

        int replicasOn(int broker) {
            return (int) placed.stream()
                    .filter(each -> each.replicas().contains(broker))
                    .count();
        }

        int leadersOn(int broker) {
            return (int) placed.stream()
                    .filter(each -> each.replicas().get(0) == broker)
                    .count();
        }

        long racksOf(Placed each) {
            return each.replicas().stream().map(racks::get).distinct().count();
        }

        int copiesTo(Cluster other) {
            int copies = 0;
            for (int i = 0; i < placed.size(); i++) {
                List<Integer> before = placed.get(i).replicas();
                copies += (int) other.placed.get(i).replicas().stream()
                        .filter(id -> !before.contains(id))
                        .count();
            }
            return copies;
        }

        /** The fewest replicas that have to move until no broker has two more than another. */
        int fewestCopies() {
            List<Integer> counts = new ArrayList<>(brokers.stream()
                    .map(this::replicasOn)
                    .sorted(Collections.reverseOrder())
                    .toList());
            int all = counts.stream().mapToInt(Integer::intValue).sum();
            int copies = 0;
            for (int i = 0; i < counts.size(); i++) {
                int share = all / counts.size() + (i < all % counts.size() ? 1 : 0);
                copies += Math.max(0, counts.get(i) - share);
            }
            return copies;
        }
    }

    private static void assertSound(Cluster before, Cluster after) {
        for (int i = 0; i < before.placed().size(); i++) {
            Placed was = before.placed().get(i);
            Placed is = after.placed().get(i);
            assertThat(is.replicas()).as("%s", is).doesNotHaveDuplicates().hasSameSizeAs(was.replicas());
            assertThat(after.brokers()).containsAll(is.replicas());
        }
    }

    @Property(tries = 500)
    void balanceWithoutRacksIsEvenAndMovesAsFewReplicasAsPossible(@ForAll long seed) {
        Cluster before = Cluster.of(seed, 0);
        ReplicaPlanner planner = before.planner();

        planner.balance();

        Cluster after = before.after(planner);
        assertSound(before, after);
        List<Integer> counts = after.brokers().stream().map(after::replicasOn).toList();
        assertThat(Collections.max(counts) - Collections.min(counts)).isLessThanOrEqualTo(1);
        assertThat(before.copiesTo(after)).isEqualTo(before.fewestCopies());
    }

    @Property(tries = 500)
    void balanceMakesNoPartitionsRacksFewer(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int racks) {
        Cluster before = Cluster.of(seed, racks);
        ReplicaPlanner planner = before.planner();

        planner.balance();

        Cluster after = before.after(planner);
        assertSound(before, after);
        for (int i = 0; i < before.placed().size(); i++) {
            assertThat(after.racksOf(after.placed().get(i)))
                    .isGreaterThanOrEqualTo(before.racksOf(before.placed().get(i)));
        }
    }

    @Property(tries = 500)
    void balancedClusterHasNothingToMove(@ForAll long seed, @ForAll @IntRange(max = 4) int racks) {
        Cluster before = Cluster.of(seed, racks);
        ReplicaPlanner planner = before.planner();
        planner.balance();
        ReplicaPlanner again = before.after(planner).planner();

        again.balance();

        assertThat(again.changes()).isEmpty();
    }

    @Property(tries = 500)
    void noOrderOfReplicasMakesLeadersMoreEven(@ForAll long seed) {
        Cluster before = Cluster.of(seed, 0);
        ReplicaPlanner planner = before.planner();

        planner.balance();

        Cluster after = before.after(planner);
        after.placed().forEach(each -> each.replicas()
                .forEach(other -> assertThat(after.leadersOn(each.replicas().get(0)) - after.leadersOn(other))
                        .isLessThanOrEqualTo(1)));
    }

    @Property(tries = 500)
    void drainTakesAllOffOneBrokerAndTouchesNothingElse(@ForAll long seed, @ForAll @IntRange(max = 4) int racks) {
        Cluster before = Cluster.of(seed, racks);
        int drained = before.brokers().get(0);
        List<Integer> others = before.brokers().subList(1, before.brokers().size());
        ReplicaPlanner planner = new ReplicaPlanner(before.placed(), others, before.racks());

        List<TopicPartition> stuck = planner.drain(drained);

        Cluster after = before.after(planner);
        assertSound(before, after);
        assertThat(after.replicasOn(drained)).isEqualTo(stuck.size());
        for (int i = 0; i < before.placed().size(); i++) {
            List<Integer> was = before.placed().get(i).replicas();
            List<Integer> is = after.placed().get(i).replicas();
            if (stuck.contains(before.placed().get(i).partition())) {
                assertThat(was).containsAll(others); // there was no room
                assertThat(is).isEqualTo(was);
            }
            for (int place = 0; place < was.size(); place++) {
                if (was.get(place) != drained) {
                    assertThat(is.get(place)).isEqualTo(was.get(place));
                }
            }
        }
    }

    @Property(tries = 200)
    void fitGivesEachPartitionSoManyReplicasOnTheBrokersAllowed(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int count) {
        Cluster before = Cluster.of(seed, 2);
        int allowedCount = Math.min(before.brokers().size(), count + 1);
        List<Integer> allowed = before.brokers().subList(0, allowedCount);
        int wanted = Math.min(count, allowedCount);
        ReplicaPlanner planner = before.planner();

        before.placed().forEach(each -> planner.fit(each.partition(), allowed, wanted));

        before.after(planner).placed().forEach(each -> assertThat(new HashSet<>(each.replicas()))
                .hasSize(wanted)
                .hasSameSizeAs(each.replicas())
                .isSubsetOf(allowed));
    }

    @Example
    void newReplicaGoesToAnotherRack() {
        TopicPartition partition = new TopicPartition("t", 0);
        Map<Integer, String> racks = new TreeMap<>(Map.of(1, "a", 2, "a", 3, "b"));
        ReplicaPlanner planner =
                new ReplicaPlanner(List.of(new Placed(partition, List.of(1))), List.of(1, 2, 3), racks);

        planner.fit(partition, List.of(1, 2, 3), 2);

        assertThat(planner.changes()).containsExactly(new Placed(partition, List.of(1, 3)));
    }

    @Example
    void moreReplicasThanBrokersAreRefused() {
        TopicPartition partition = new TopicPartition("t", 0);
        ReplicaPlanner planner =
                new ReplicaPlanner(List.of(new Placed(partition, List.of(1))), List.of(1, 2), Map.of());

        assertThatThrownBy(() -> planner.fit(partition, List.of(1, 2), 3))
                .hasMessageContaining("t-0 cannot have 3 replicas on the brokers [1, 2]");
    }
}
