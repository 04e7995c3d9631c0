package io.sluice.engine.group;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The one call of KIP-848's protocol: join, say what changed, be told what changed, leave. */
public final class ConsumerGroupHeartbeat {
    /** Member epoch of a member that joins. */
    public static final int JOIN = 0;

    /** Member epoch of a member that leaves for good. */
    public static final int LEAVE = -1;

    /** Member epoch of a static member that will be back. */
    public static final int LEAVE_FOR_NOW = -2;

    private ConsumerGroupHeartbeat() {}

    /**
     * What the member wants to read; a field that did not change since the last heartbeat is empty.
     *
     * @param regex an empty string ends the subscription by expression
     * @param assignor the server's assignor that the member prefers
     */
    public record Subscription(Optional<Set<String>> topics, Optional<String> regex, Optional<String> assignor) {
        public static final Subscription UNCHANGED =
                new Subscription(Optional.empty(), Optional.empty(), Optional.empty());

        public Subscription {
            topics = topics.map(names -> new TreeSet<>(names));
        }

        public static Subscription toTopics(String... names) {
            return new Subscription(Optional.of(new TreeSet<>(List.of(names))), Optional.empty(), Optional.empty());
        }
    }

    /**
     * @param member with an empty member id the coordinator chooses one (version 0)
     * @param rebalanceTimeoutMs -1 when unchanged
     * @param owned what the member holds now; empty when unchanged
     */
    public record Request(
            MemberRef member,
            int memberEpoch,
            Client client,
            Optional<String> rackId,
            int rebalanceTimeoutMs,
            Subscription subscription,
            Optional<Assignment> owned) {}

    /** {@code assignment} is empty when it did not change. */
    public record Response(
            GroupError error,
            String message,
            String memberId,
            int memberEpoch,
            int heartbeatIntervalMs,
            Optional<Assignment> assignment) {
        public static Response refused(GroupError error, String message) {
            return new Response(error, message, "", 0, 0, Optional.empty());
        }
    }
}
