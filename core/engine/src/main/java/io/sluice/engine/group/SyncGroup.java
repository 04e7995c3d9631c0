package io.sluice.engine.group;

import java.util.Map;
import java.util.Optional;

/** A member asks for its assignment; the leader brings everyone's. Answered when the assignment is durable (G2). */
public final class SyncGroup {
    private SyncGroup() {}

    /**
     * @param protocolType checked against the group's when present (from version 5)
     * @param protocol likewise
     * @param assignments by member id, from the leader; else empty
     */
    public record Request(
            MemberRef member,
            int generation,
            Optional<String> protocolType,
            Optional<String> protocol,
            Map<String, Bytes> assignments) {}

    public record Response(
            GroupError error, Optional<String> protocolType, Optional<String> protocol, Bytes assignment) {
        public static Response refused(GroupError error) {
            return new Response(error, Optional.empty(), Optional.empty(), Bytes.EMPTY);
        }
    }
}
