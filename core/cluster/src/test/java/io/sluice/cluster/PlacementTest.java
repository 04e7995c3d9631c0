package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PlacementTest {
    @Property(tries = 300)
    void replicasAreDistinctAndLeadersAreSpreadEvenly(
            @ForAll @IntRange(min = 1, max = 12) int brokers,
            @ForAll @IntRange(min = 1, max = 5) int wantedFactor,
            @ForAll @IntRange(min = 1, max = 200) int partitions,
            @ForAll @IntRange(min = 0, max = 50_000) int start) {
        int factor = Math.min(wantedFactor, brokers);

        List<BrokerIds> assigned = Placement.over(brokers(brokers, 0)).assign(0, partitions, factor, start);

        Map<Integer, Integer> leaders = new HashMap<>();
        for (BrokerIds replicas : assigned) {
            assertThat(replicas).hasSize(factor).doesNotHaveDuplicates().allMatch(id -> id >= 0 && id < brokers);
            leaders.merge(replicas.at(0), 1, Integer::sum);
        }
        int most = leaders.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
        assertThat(most).isLessThanOrEqualTo((partitions + brokers - 1) / brokers);
    }

    @Property(tries = 300)
    void replicasAreInAsManyRacksAsThereAre(
            @ForAll @IntRange(min = 1, max = 4) int racks,
            @ForAll @IntRange(min = 1, max = 4) int brokersPerRack,
            @ForAll @IntRange(min = 1, max = 5) int wantedFactor,
            @ForAll @IntRange(min = 1, max = 60) int partitions,
            @ForAll @IntRange(min = 0, max = 1000) int start) {
        int brokers = racks * brokersPerRack;
        int factor = Math.min(wantedFactor, brokers);

        List<BrokerIds> assigned = Placement.over(brokers(brokers, racks)).assign(0, partitions, factor, start);

        for (BrokerIds replicas : assigned) {
            Set<Integer> used = new HashSet<>();
            replicas.forEach(id -> used.add(id % racks));
            assertThat(used).hasSize(Math.min(racks, factor));
        }
    }

    @Property(tries = 100)
    void partitionsAddedLaterGoWhereTheyWouldHaveGone(
            @ForAll @IntRange(min = 1, max = 9) int brokers, @ForAll @IntRange(min = 1, max = 40) int first) {
        Placement placement = Placement.over(brokers(brokers, 0));
        List<BrokerIds> inSteps = new ArrayList<>(placement.assign(0, first, 1, 7));
        inSteps.addAll(placement.assign(first, first + 13, 1, 7));

        assertThat(inSteps).isEqualTo(placement.assign(0, first + 13, 1, 7));
    }

    @Test
    void followersOfOneLeaderAreSpreadOverTheOthers() {
        List<BrokerIds> assigned = Placement.over(brokers(4, 0)).assign(0, 12, 2, 0);

        Set<Integer> followersOfZero = new HashSet<>();
        assigned.stream()
                .filter(replicas -> replicas.at(0) == 0)
                .forEach(replicas -> followersOfZero.add(replicas.at(1)));
        assertThat(followersOfZero).containsExactlyInAnyOrder(1, 2, 3);
    }

    private static List<BrokerInfo> brokers(int count, int racks) {
        List<BrokerInfo> brokers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Optional<String> rack = racks == 0 ? Optional.empty() : Optional.of("rack-" + i % racks);
            brokers.add(new BrokerInfo(i, i, List.of(), rack));
        }
        return brokers;
    }
}
