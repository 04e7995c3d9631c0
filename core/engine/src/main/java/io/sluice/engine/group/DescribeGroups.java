package io.sluice.engine.group;

import java.util.List;
import java.util.Optional;

/** Classic groups in detail. */
public final class DescribeGroups {
    private DescribeGroups() {}

    public record Member(
            String memberId, Optional<String> instanceId, Client client, Bytes metadata, Bytes assignment) {}

    /**
     * @param error GROUP_ID_NOT_FOUND (state DEAD) when there is no such classic group; older clients are told "Dead"
     * @param protocol the chosen strategy; empty unless the group is stable
     */
    public record Described(
            String groupId,
            GroupError error,
            GroupState state,
            String protocolType,
            String protocol,
            List<Member> members) {
        public static Described refused(String groupId, GroupError error) {
            return new Described(groupId, error, GroupState.DEAD, "", "", List.of());
        }
    }
}
