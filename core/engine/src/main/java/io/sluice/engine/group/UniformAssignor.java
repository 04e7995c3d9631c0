package io.sluice.engine.group;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Gives all members about the same number of partitions and moves as few as it can. Where everyone reads the same topics
 * no two members differ by more than one; otherwise loads are evened out as far as subscriptions allow.
 */
final class UniformAssignor implements Assignor {
    private record Partition(UUID topicId, int index) {}

    @Override
    public String name() {
        return "uniform";
    }

    @Override
    public Map<String, Assignment> assign(Input input) {
        Draft draft = new Draft(input);
        if (draft.sameTopicsForAll()) {
            draft.capAtShares();
        }
        draft.giveOutTheRest();
        draft.evenOut();
        return draft.result();
    }

    /** The division as it comes about. */
    private static final class Draft {
        /** Rounds of evening out; each moves partitions only downhill, so the last ones would change little. */
        private static final int ROUNDS_MAX = 50;

        private final Input input;
        private final Map<String, List<Partition>> byMember = new HashMap<>();
        private final ArrayDeque<Partition> free = new ArrayDeque<>();
        private final Map<UUID, List<String>> readers = new HashMap<>();

        /** Begins with what every member was to have and still reads. */
        Draft(Input input) {
            this.input = input;
            Set<Partition> taken = new HashSet<>();
            input.members().forEach((memberId, member) -> {
                List<Partition> kept = new ArrayList<>();
                member.target().forEach((topicId, index) -> {
                    boolean exists = index < input.partitions().getOrDefault(topicId, 0);
                    Partition partition = new Partition(topicId, index);
                    if (exists && member.topics().contains(topicId) && taken.add(partition)) {
                        kept.add(partition);
                    }
                });
                byMember.put(memberId, kept);
                for (UUID topicId : member.topics()) {
                    readers.computeIfAbsent(topicId, id -> new ArrayList<>()).add(memberId);
                }
            });
            input.partitions().forEach((topicId, count) -> {
                for (int index = 0; index < count; index++) {
                    Partition partition = new Partition(topicId, index);
                    if (!taken.contains(partition)) {
                        free.add(partition);
                    }
                }
            });
        }

        boolean sameTopicsForAll() {
            return input.members().values().stream()
                            .map(Member::topics)
                            .distinct()
                            .count()
                    <= 1;
        }

        /** Takes from each member what is beyond its fair share; those that have most keep the odd ones. */
        void capAtShares() {
            int total = input.partitions().values().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
            int members = Math.max(1, byMember.size());
            int share = total / members;
            int odd = total % members;
            for (String memberId : input.members().keySet()) {
                List<Partition> kept = load(memberId);
                int limit = share;
                if (kept.size() > share && odd > 0) {
                    limit++;
                    odd--;
                }
                while (kept.size() > limit) {
                    free.add(kept.remove(kept.size() - 1));
                }
            }
        }

        void giveOutTheRest() {
            while (!free.isEmpty()) {
                Partition partition = free.remove();
                String least = leastLoaded(partition.topicId());
                if (!least.isEmpty()) {
                    load(least).add(partition);
                }
            }
        }

        /** Moves partitions from members with more to members with less, while that makes them more alike. */
        void evenOut() {
            boolean moved = true;
            for (int round = 0; moved && round < ROUNDS_MAX; round++) {
                moved = false;
                for (String memberId : input.members().keySet()) {
                    moved |= unload(memberId);
                }
            }
        }

        private boolean unload(String memberId) {
            boolean moved = false;
            List<Partition> mine = load(memberId);
            for (int i = mine.size() - 1; i >= 0; i--) {
                Partition partition = mine.get(i);
                String least = leastLoaded(partition.topicId());
                if (load(least).size() + 1 < mine.size()) {
                    mine.remove(i);
                    load(least).add(partition);
                    moved = true;
                }
            }
            return moved;
        }

        private String leastLoaded(UUID topicId) {
            String least = "";
            int leastLoad = Integer.MAX_VALUE;
            for (String memberId : readers.getOrDefault(topicId, List.of())) {
                int size = load(memberId).size();
                if (size < leastLoad) {
                    least = memberId;
                    leastLoad = size;
                }
            }
            return least;
        }

        private List<Partition> load(String memberId) {
            return byMember.computeIfAbsent(memberId, id -> new ArrayList<>());
        }

        Map<String, Assignment> result() {
            Map<String, Assignment> result = new HashMap<>();
            byMember.forEach((memberId, partitions) -> {
                Assignment.Builder builder = Assignment.builder();
                partitions.forEach(partition -> builder.add(partition.topicId(), partition.index()));
                result.put(memberId, builder.build());
            });
            return result;
        }
    }
}
