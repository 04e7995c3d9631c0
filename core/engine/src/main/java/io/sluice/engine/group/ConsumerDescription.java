package io.sluice.engine.group;

import java.util.List;

/** ConsumerGroupDescribe. */
final class ConsumerDescription {
    private ConsumerDescription() {}

    static ConsumerGroupDescribe.Described of(ConsumerGroup group, GroupConfig.Consumer config) {
        List<ConsumerGroupDescribe.Member> members =
                group.members().stream().map(member -> member(group, member)).toList();
        return new ConsumerGroupDescribe.Described(
                group.groupId(),
                GroupError.NONE,
                group.state(),
                group.epoch(),
                group.targetEpoch(),
                Assignors.choose(config, group).name(),
                members);
    }

    private static ConsumerGroupDescribe.Member member(ConsumerGroup group, ConsumerMember member) {
        GroupRecord.MemberProfile profile = member.profile();
        return new ConsumerGroupDescribe.Member(
                new MemberRef(group.groupId(), member.memberId(), profile.instanceId()),
                member.epoch(),
                profile.client(),
                profile.rackId(),
                new ConsumerGroupDescribe.Subscribed(profile.topics(), profile.regex()),
                member.isClassic(),
                member.holding().assigned(),
                group.target(member.memberId()));
    }
}
