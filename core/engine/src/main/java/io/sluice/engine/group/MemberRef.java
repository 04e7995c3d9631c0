package io.sluice.engine.group;

import java.util.Optional;

/**
 * Who asks, in which group.
 *
 * @param memberId empty when the member has no id yet
 * @param instanceId the static member's own name (KIP-345)
 */
public record MemberRef(String groupId, String memberId, Optional<String> instanceId) {
    public static MemberRef dynamic(String groupId, String memberId) {
        return new MemberRef(groupId, memberId, Optional.empty());
    }

    public static MemberRef fixed(String groupId, String memberId, String instanceId) {
        return new MemberRef(groupId, memberId, Optional.of(instanceId));
    }
}
