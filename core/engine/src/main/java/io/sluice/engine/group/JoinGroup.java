package io.sluice.engine.group;

import java.util.List;
import java.util.Optional;

/** A member of a classic group asks for a place in the next generation. Answered when the join barrier falls. */
public final class JoinGroup {
    private JoinGroup() {}

    /** An assignment strategy that the member can follow, with what it has to say to the leader about it. */
    public record Protocol(String name, Bytes metadata) {}

    /** How long the member may stay silent, and how long it needs to give up its work in a rebalance. */
    public record Timeouts(int sessionMs, int rebalanceMs) {}

    /**
     * What the version of the member's request understands.
     *
     * @param requireKnownMemberId a first join is answered with an id to come back with (KIP-394, from version 4)
     * @param skippingAssignment the leader can be told not to assign (KIP-814, from version 9)
     */
    public record Understands(boolean requireKnownMemberId, boolean skippingAssignment) {}

    public record Request(
            MemberRef member,
            Client client,
            Timeouts timeouts,
            String protocolType,
            List<Protocol> protocols,
            Understands understands,
            String reason) {}

    public record Member(String memberId, Optional<String> instanceId, Bytes metadata) {}

    /**
     * @param memberId the id to use from now on; with MEMBER_ID_REQUIRED the id to join again with
     * @param generation -1 when refused
     * @param members for the leader: everyone, with the metadata for the chosen protocol; else empty
     */
    public record Response(
            GroupError error,
            String memberId,
            int generation,
            Optional<String> protocolType,
            Optional<String> protocol,
            String leader,
            boolean skipAssignment,
            List<Member> members) {
        public static Response refused(GroupError error, String memberId) {
            return new Response(error, memberId, -1, Optional.empty(), Optional.empty(), "", false, List.of());
        }
    }
}
