package io.sluice.engine.group;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Groups of KIP-848's protocol in detail. */
public final class ConsumerGroupDescribe {
    private ConsumerGroupDescribe() {}

    /** {@code classic} tells a member that still speaks the classic protocol. */
    public record Member(
            MemberRef ref,
            int memberEpoch,
            Client client,
            Optional<String> rackId,
            Subscribed subscribed,
            boolean classic,
            Assignment assignment,
            Assignment target) {}

    public record Subscribed(Set<String> topics, Optional<String> regex) {}

    public record Described(
            String groupId,
            GroupError error,
            GroupState state,
            int groupEpoch,
            int assignmentEpoch,
            String assignor,
            List<Member> members) {
        public static Described refused(String groupId, GroupError error) {
            return new Described(groupId, error, GroupState.DEAD, 0, 0, "", List.of());
        }
    }
}
