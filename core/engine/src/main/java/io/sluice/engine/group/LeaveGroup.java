package io.sluice.engine.group;

import java.util.List;
import java.util.Optional;

/** Members leave at once, or an operator removes them (by instance id, with an empty member id). */
public final class LeaveGroup {
    private LeaveGroup() {}

    public record Leaver(String memberId, Optional<String> instanceId, String reason) {}

    public record Request(String groupId, List<Leaver> leavers) {}

    public record Left(String memberId, Optional<String> instanceId, GroupError error) {}

    /** {@code left} is in the order of the request, and empty when {@code error} is set. */
    public record Response(GroupError error, List<Left> left) {
        public static Response refused(GroupError error) {
            return new Response(error, List.of());
        }
    }
}
