package io.sluice.engine.group;

import java.util.Optional;

/** Who may speak for a consumer group's member. */
final class ConsumerFence {
    private ConsumerFence() {}

    /**
     * Whether offsets may be committed so. An epoch before the member's own passes here: each of its partitions is
     * judged by whether the member held it then (G9).
     */
    static GroupError checkCommit(ConsumerGroup group, OffsetCommit.Request request) {
        int epoch = request.generationOrEpoch();
        if (epoch < 0 && group.isEmpty()) {
            return GroupError.NONE;
        }
        ConsumerMember member = group.member(request.member().memberId());
        if (member == null) {
            return GroupError.UNKNOWN_MEMBER_ID;
        }
        if (member.isClassic()) {
            return epoch == member.epoch() ? GroupError.NONE : GroupError.ILLEGAL_GENERATION;
        }
        if (!request.knowsMemberEpochs()) {
            return GroupError.UNSUPPORTED_VERSION;
        }
        return epoch >= 0 && epoch <= member.epoch() ? GroupError.NONE : GroupError.STALE_MEMBER_EPOCH;
    }

    /** Who names a member in a fetch must be it, with its epoch; who names none may always read. */
    static GroupError checkFetch(ConsumerGroup group, OffsetFetch.Request request) {
        Optional<String> memberId = request.memberId();
        if (memberId.isEmpty() && request.memberEpoch() < 0) {
            return GroupError.NONE;
        }
        ConsumerMember member = memberId.map(group::member).orElse(null);
        if (member == null) {
            return GroupError.UNKNOWN_MEMBER_ID;
        }
        if (request.memberEpoch() != member.epoch()) {
            return member.isClassic() ? GroupError.ILLEGAL_GENERATION : GroupError.STALE_MEMBER_EPOCH;
        }
        return GroupError.NONE;
    }
}
