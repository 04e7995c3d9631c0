package io.sluice.engine.group;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Gives each member a run of neighbouring partitions of each topic. Members that read topics with the same number of
 * partitions get the same numbers of each, so that what belongs together by key can be joined. Static members keep their
 * place in the order over restarts, since they are ordered by instance id.
 */
final class RangeAssignor implements Assignor {
    @Override
    public String name() {
        return "range";
    }

    @Override
    public Map<String, Assignment> assign(Input input) {
        List<Map.Entry<String, Member>> ordered =
                new ArrayList<>(input.members().entrySet());
        ordered.sort(Comparator.comparing(entry -> entry.getValue().instanceId().orElse(entry.getKey())));
        Map<String, Assignment.Builder> given = new HashMap<>();
        for (Map.Entry<UUID, Integer> topic : input.partitions().entrySet()) {
            List<String> readers = ordered.stream()
                    .filter(entry -> entry.getValue().topics().contains(topic.getKey()))
                    .map(Map.Entry::getKey)
                    .toList();
            divide(topic.getKey(), topic.getValue(), readers, given);
        }
        Map<String, Assignment> result = new HashMap<>();
        given.forEach((memberId, builder) -> result.put(memberId, builder.build()));
        return result;
    }

    private static void divide(UUID topicId, int partitions, List<String> readers, Map<String, Assignment.Builder> to) {
        int next = 0;
        for (int i = 0; i < readers.size(); i++) {
            // The first few take one more when it does not come out even.
            int share = partitions / readers.size() + (i < partitions % readers.size() ? 1 : 0);
            Assignment.Builder builder = to.computeIfAbsent(readers.get(i), id -> Assignment.builder());
            for (int end = next + share; next < end; next++) {
                builder.add(topicId, next);
            }
        }
    }
}
