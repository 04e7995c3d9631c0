package io.sluice.engine.group;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class AssignorTest {
    private static final UUID T1 = new UUID(0, 1);
    private static final UUID T2 = new UUID(0, 2);

    @Property(tries = 500)
    void everyPartitionGoesToExactlyOneReader(@ForAll long seed) {
        for (Assignor assignor : List.of(new UniformAssignor(), new RangeAssignor())) {
            Assignor.Input input = random(new Random(seed), false);

            Map<String, Assignment> result = assignor.assign(input);

            expectEachOnce(input, result);
        }
    }

    @Property(tries = 500)
    void uniformLoadsOfEqualReadersDifferByOneAtMost(@ForAll long seed) {
        Assignor.Input input = random(new Random(seed), true);

        Map<String, Assignment> result = new UniformAssignor().assign(input);

        List<Integer> loads =
                result.values().stream().map(Assignment::size).sorted().toList();
        assertThat(loads.get(loads.size() - 1) - loads.get(0)).isLessThanOrEqualTo(1);
    }

    @Property(tries = 500)
    void uniformMovesNothingWithoutNeed(@ForAll long seed) {
        Assignor.Input input = random(new Random(seed), seed % 2 == 0);
        Map<String, Assignment> first = new UniformAssignor().assign(input);
        TreeMap<String, Assignor.Member> settled = new TreeMap<>();
        input.members()
                .forEach((id, member) -> settled.put(
                        id,
                        new Assignor.Member(
                                member.instanceId(), member.topics(), first.getOrDefault(id, Assignment.NONE))));

        Map<String, Assignment> second = new UniformAssignor().assign(new Assignor.Input(settled, input.partitions()));

        assertThat(second).isEqualTo(first);
    }

    @Example
    void uniformMovesOnlyTheFairShareToANewMember() {
        TreeMap<String, Assignor.Member> members = new TreeMap<>();
        members.put("a", new Assignor.Member(Optional.empty(), Set.of(T1), Assignment.of(T1, 0, 1, 2)));
        members.put("b", new Assignor.Member(Optional.empty(), Set.of(T1), Assignment.of(T1, 3, 4, 5)));
        members.put("c", new Assignor.Member(Optional.empty(), Set.of(T1), Assignment.NONE));
        TreeMap<UUID, Integer> partitions = new TreeMap<>(Map.of(T1, 6));

        Map<String, Assignment> result = new UniformAssignor().assign(new Assignor.Input(members, partitions));

        assertThat(result.get("a")).isEqualTo(Assignment.of(T1, 0, 1));
        assertThat(result.get("b")).isEqualTo(Assignment.of(T1, 3, 4));
        assertThat(result.get("c")).isEqualTo(Assignment.of(T1, 2, 5));
    }

    @Example
    void rangeGivesTheSameNumbersOfEachTopic() {
        TreeMap<String, Assignor.Member> members = new TreeMap<>();
        members.put("z", new Assignor.Member(Optional.of("1"), Set.of(T1, T2), Assignment.NONE));
        members.put("y", new Assignor.Member(Optional.of("2"), Set.of(T1, T2), Assignment.NONE));
        TreeMap<UUID, Integer> partitions = new TreeMap<>(Map.of(T1, 3, T2, 3));

        Map<String, Assignment> result = new RangeAssignor().assign(new Assignor.Input(members, partitions));

        assertThat(result.get("z")).isEqualTo(Assignment.of(T1, 0, 1).plus(Assignment.of(T2, 0, 1)));
        assertThat(result.get("y")).isEqualTo(Assignment.of(T1, 2).plus(Assignment.of(T2, 2)));
    }

    private static Assignor.Input random(Random random, boolean sameTopics) {
        TreeMap<UUID, Integer> partitions = new TreeMap<>();
        int topics = 1 + random.nextInt(4);
        for (int i = 0; i < topics; i++) {
            partitions.put(new UUID(0, i), 1 + random.nextInt(12));
        }
        List<Assignment.Builder> before = new ArrayList<>();
        int count = 1 + random.nextInt(6);
        for (int i = 0; i < count; i++) {
            before.add(Assignment.builder());
        }
        partitions.forEach((topicId, size) -> {
            for (int index = 0; index < size + 2; index++) {
                if (random.nextBoolean()) {
                    before.get(random.nextInt(count)).add(topicId, index);
                }
            }
        });
        TreeMap<String, Assignor.Member> members = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            Set<UUID> reads = new HashSet<>();
            for (UUID topicId : partitions.keySet()) {
                if (sameTopics || random.nextInt(3) > 0) {
                    reads.add(topicId);
                }
            }
            members.put(
                    "m" + i,
                    new Assignor.Member(Optional.empty(), reads, before.get(i).build()));
        }
        return new Assignor.Input(members, partitions);
    }

    private static void expectEachOnce(Assignor.Input input, Map<String, Assignment> result) {
        Assignment.Builder expected = Assignment.builder();
        input.partitions().forEach((topicId, size) -> {
            boolean read = input.members().values().stream()
                    .anyMatch(member -> member.topics().contains(topicId));
            for (int index = 0; read && index < size; index++) {
                expected.add(topicId, index);
            }
        });
        Assignment all = expected.build();
        int given = result.values().stream().mapToInt(Assignment::size).sum();
        Assignment union = result.values().stream().reduce(Assignment.NONE, Assignment::plus);
        assertThat(given).isEqualTo(all.size());
        assertThat(union).isEqualTo(all);
        result.forEach((memberId, assignment) -> {
            Assignor.Member member = input.members().get(memberId);
            assertThat(member).isNotNull();
            assertThat(assignment.topicIds())
                    .allMatch(id -> member != null && member.topics().contains(id));
        });
    }
}
