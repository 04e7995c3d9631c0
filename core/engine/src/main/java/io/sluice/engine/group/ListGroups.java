package io.sluice.engine.group;

import java.util.List;
import java.util.Set;

/** All groups of this broker that match. Names of states and types are compared without regard to case. */
public final class ListGroups {
    private ListGroups() {}

    /** Empty sets match everything. */
    public record Request(Set<String> states, Set<String> types) {
        public Request {
            states = Set.copyOf(states);
            types = Set.copyOf(types);
        }

        boolean matches(Listed group) {
            return matches(states, group.state().label())
                    && matches(types, group.type().label());
        }

        private static boolean matches(Set<String> wanted, String label) {
            return wanted.isEmpty() || wanted.stream().anyMatch(label::equalsIgnoreCase);
        }
    }

    /** {@code protocolType} is empty for a group that only stores offsets. */
    public record Listed(String groupId, String protocolType, GroupState state, GroupType type) {}

    public record Response(GroupError error, List<Listed> groups) {}
}
