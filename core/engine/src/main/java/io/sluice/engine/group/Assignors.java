package io.sluice.engine.group;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The assignors by name. */
final class Assignors {
    private static final Map<String, Assignor> ALL =
            Map.of("uniform", new UniformAssignor(), "range", new RangeAssignor());

    private Assignors() {}

    /** Whether {@code name} is there and switched on by {@code group.consumer.assignors}. */
    static boolean serves(GroupConfig.Consumer config, String name) {
        return config.assignors().contains(name) && ALL.containsKey(name);
    }

    /** The one that most members prefer; the first configured when nobody says. */
    static Assignor choose(GroupConfig.Consumer config, ConsumerGroup group) {
        List<String> served =
                config.assignors().stream().filter(ALL::containsKey).toList();
        Map<String, Integer> votes = new HashMap<>();
        for (ConsumerMember member : group.members()) {
            member.profile().assignor().ifPresent(name -> votes.merge(name, 1, Integer::sum));
        }
        String chosen = served.isEmpty() ? "uniform" : served.get(0);
        for (String name : served) {
            if (votes.getOrDefault(name, 0) > votes.getOrDefault(chosen, 0)) {
                chosen = name;
            }
        }
        return Optional.ofNullable(ALL.get(chosen)).orElseThrow();
    }
}
