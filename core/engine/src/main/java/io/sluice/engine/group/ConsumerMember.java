package io.sluice.engine.group;

import io.sluice.engine.group.GroupRecord.MemberProfile;
import java.util.Optional;
import java.util.Set;

/** A member of a consumer group: what it told of itself, and what it holds. Immutable. */
record ConsumerMember(String memberId, MemberProfile profile, Holding holding) {
    private static final MemberProfile UNKNOWN = new MemberProfile(
            Optional.empty(),
            Optional.empty(),
            new Client("", ""),
            Set.of(),
            Optional.empty(),
            -1,
            Optional.empty(),
            Optional.empty());

    /** A member whose records are still to come. */
    static ConsumerMember unknown(String memberId) {
        return new ConsumerMember(memberId, UNKNOWN, Holding.NOTHING);
    }

    ConsumerMember with(MemberProfile newProfile) {
        return new ConsumerMember(memberId, newProfile, holding);
    }

    ConsumerMember with(Holding newHolding) {
        return new ConsumerMember(memberId, profile, newHolding);
    }

    int epoch() {
        return holding.epoch();
    }

    boolean isClassic() {
        return profile.classic().isPresent();
    }

    /** A static member that has left for a while: its place and its partitions are kept until its session ends. */
    boolean isAway() {
        return holding.epoch() == ConsumerGroupHeartbeat.LEAVE_FOR_NOW;
    }

    /** Whether what the member wants to read is the same. */
    boolean wantsTheSameAs(MemberProfile other) {
        return profile.topics().equals(other.topics()) && profile.regex().equals(other.regex());
    }
}
