package io.sluice.system.probe;

import static org.apache.kafka.common.protocol.ApiKeys.CONSUMER_GROUP_HEARTBEAT;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;

/** Heartbeats of KIP-848, right and wrong. */
final class ConsumerProbe {
    private static final int ID_BY_CLIENT_FROM = 1;

    private final Probe probe;
    private final GroupFixtures groups;

    private ConsumerProbe(Probe probe) throws IOException {
        this.probe = probe;
        this.groups = new GroupFixtures(probe);
    }

    static void run(Probe probe) throws IOException {
        ConsumerProbe asks = new ConsumerProbe(probe);
        asks.join();
        asks.goOn();
        asks.statics();
        asks.leave();
    }

    private ConsumerGroupHeartbeatRequestData join(short version, String group) {
        return groups.joinConsumers(
                group, version < ID_BY_CLIENT_FROM ? "" : Uuid.randomUuid().toString());
    }

    private void joins(String title, java.util.function.UnaryOperator<ConsumerGroupHeartbeatRequestData> change)
            throws IOException {
        probe.each(title, CONSUMER_GROUP_HEARTBEAT, (v, name) -> change.apply(join(v, name)));
    }

    private void join() throws IOException {
        joins("first member", join -> join);
        joins("empty group id", join -> join.setGroupId(""));
        joins("empty member id", join -> join.setMemberId(""));
        joins("no rebalance timeout", join -> join.setRebalanceTimeoutMs(-1));
        joins("no subscription", join -> join.setSubscribedTopicNames(null));
        joins("empty subscription", join -> join.setSubscribedTopicNames(List.of()));
        joins("same topic twice", join -> join.setSubscribedTopicNames(List.of(groups.topic(), groups.topic())));
        joins("unknown topic", join -> join.setSubscribedTopicNames(List.of("nosuchtopic")));
        joins("illegal topic name", join -> join.setSubscribedTopicNames(List.of("no/such")));
        joins("partitions not told", join -> join.setTopicPartitions(null));
        joins("partitions owned", join -> join.setTopicPartitions(List.of(owned(0))));
        joins("empty instance id", join -> join.setInstanceId(""));
        joins("empty rack", join -> join.setRackId(""));
        joins("rack", join -> join.setRackId("rack"));
        joins("unknown assignor", join -> join.setServerAssignor("nosuch"));
        joins("empty assignor", join -> join.setServerAssignor(""));
        joins("range", join -> join.setServerAssignor("range"));
        joins("uniform", join -> join.setServerAssignor("uniform"));
        joins("negative epoch", join -> join.setMemberEpoch(-5));
        joins("unknown epoch", join -> join.setMemberEpoch(7));
        joins("regex", join -> join.setSubscribedTopicNames(null).setSubscribedTopicRegex("nothing-matches.*"));
        joins("regex and names", join -> join.setSubscribedTopicRegex("nothing-matches.*"));
        joins("empty regex", join -> join.setSubscribedTopicNames(null).setSubscribedTopicRegex(""));
        joins("bad regex", join -> join.setSubscribedTopicRegex("[a"));
        joins("regex that looks back", join -> join.setSubscribedTopicRegex("(a)\\1"));
        String classic = groups.stable().group();
        joins("into a classic group of a member", join -> join.setGroupId(classic));
        String empty = groups.empty();
        joins("into an empty classic group", join -> join.setGroupId(empty));
        String offsets = groups.offsetsOnly();
        joins("into a group of offsets only", join -> join.setGroupId(offsets));
    }

    private TopicPartitions owned(int partition) {
        return new TopicPartitions().setTopicId(groups.topicId()).setPartitions(List.of(partition));
    }

    private static ConsumerGroupHeartbeatRequestData of(GroupFixtures.Member member) {
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(member.group())
                .setMemberId(member.id())
                .setMemberEpoch(member.epoch());
    }

    private void goOn() throws IOException {
        GroupFixtures.Member member = groups.consumers();
        probe.each("nothing new", CONSUMER_GROUP_HEARTBEAT, (v, name) -> of(member));
        probe.each("all owned", CONSUMER_GROUP_HEARTBEAT, (v, name) -> of(member)
                .setTopicPartitions(List.of(
                        new TopicPartitions().setTopicId(groups.topicId()).setPartitions(List.of(0, 1)))));
        probe.each(
                "fewer owned", CONSUMER_GROUP_HEARTBEAT, (v, name) -> of(member).setTopicPartitions(List.of(owned(1))));
        probe.each("not its own", CONSUMER_GROUP_HEARTBEAT, (v, name) -> of(member)
                .setTopicPartitions(List.of(owned(77))));
        probe.each(
                "later epoch", CONSUMER_GROUP_HEARTBEAT, (v, name) -> of(member).setMemberEpoch(99));
        probe.each("joins again", CONSUMER_GROUP_HEARTBEAT, (v, name) -> {
            GroupFixtures.Member one = groups.consumers();
            return groups.joinConsumers(one.group(), one.id());
        });
        probe.each("unknown member", CONSUMER_GROUP_HEARTBEAT, (v, name) -> of(member)
                .setMemberId("nobody"));
        probe.each("unknown group", CONSUMER_GROUP_HEARTBEAT, (v, name) -> of(member)
                .setGroupId(name));
        probe.each("empty member id goes on", CONSUMER_GROUP_HEARTBEAT, (v, name) -> of(member)
                .setMemberId(""));
        GroupFixtures.Member classic = groups.stable();
        probe.each("classic member", CONSUMER_GROUP_HEARTBEAT, (v, name) -> of(classic));
    }

    private void statics() throws IOException {
        joins("static", join -> join.setInstanceId("instance"));
        probe.each("instance taken", CONSUMER_GROUP_HEARTBEAT, (v, name) -> {
            ConsumerGroupHeartbeatRequestData first =
                    groups.joinConsumers(name, Uuid.randomUuid().toString()).setInstanceId("instance");
            joinNow(first);
            return groups.joinConsumers(name, Uuid.randomUuid().toString()).setInstanceId("instance");
        });
        probe.each("unknown instance goes on", CONSUMER_GROUP_HEARTBEAT, (v, name) -> of(groups.consumers())
                .setInstanceId("instance"));
        probe.each("instance comes back", CONSUMER_GROUP_HEARTBEAT, (v, name) -> {
            ConsumerGroupHeartbeatRequestData first =
                    groups.joinConsumers(name, Uuid.randomUuid().toString()).setInstanceId("instance");
            joinNow(first);
            joinNow(new ConsumerGroupHeartbeatRequestData()
                    .setGroupId(name)
                    .setMemberId(first.memberId())
                    .setInstanceId("instance")
                    .setMemberEpoch(-2));
            return groups.joinConsumers(name, Uuid.randomUuid().toString()).setInstanceId("instance");
        });
        probe.each("member leaves for a while", CONSUMER_GROUP_HEARTBEAT, (v, name) -> of(groups.consumers())
                .setMemberEpoch(-2));
        probe.each("unknown instance leaves for a while", CONSUMER_GROUP_HEARTBEAT, (v, name) -> of(groups.consumers())
                .setInstanceId("instance")
                .setMemberEpoch(-2));
    }

    private void joinNow(ConsumerGroupHeartbeatRequestData request) {
        GroupFixtures.awaitLoaded(
                () -> probe.ask(CONSUMER_GROUP_HEARTBEAT, request),
                org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData::errorCode);
    }

    private void leave() throws IOException {
        probe.each("leaves", CONSUMER_GROUP_HEARTBEAT, (v, name) -> of(groups.consumers())
                .setMemberEpoch(-1));
        probe.each("unknown member leaves", CONSUMER_GROUP_HEARTBEAT, (v, name) -> of(groups.consumers())
                .setMemberId("nobody")
                .setMemberEpoch(-1));
        probe.each("leaves an unknown group", CONSUMER_GROUP_HEARTBEAT, (v, name) -> of(groups.consumers())
                .setGroupId(name)
                .setMemberEpoch(-1));
    }
}
