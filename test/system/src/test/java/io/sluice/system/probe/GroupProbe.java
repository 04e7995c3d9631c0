package io.sluice.system.probe;

import static org.apache.kafka.common.protocol.ApiKeys.CONSUMER_GROUP_DESCRIBE;
import static org.apache.kafka.common.protocol.ApiKeys.DELETE_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.DESCRIBE_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.FIND_COORDINATOR;
import static org.apache.kafka.common.protocol.ApiKeys.HEARTBEAT;
import static org.apache.kafka.common.protocol.ApiKeys.JOIN_GROUP;
import static org.apache.kafka.common.protocol.ApiKeys.LEAVE_GROUP;
import static org.apache.kafka.common.protocol.ApiKeys.LIST_GROUPS;
import static org.apache.kafka.common.protocol.ApiKeys.SYNC_GROUP;

import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;

/** Membership of groups, of both protocols, and what administrators ask about them. */
final class GroupProbe {
    private static final String UNKNOWN = "member-nobody-knows";

    private final Probe probe;
    private final GroupFixtures groups;

    private GroupProbe(Probe probe) throws IOException {
        this.probe = probe;
        this.groups = new GroupFixtures(probe);
    }

    static void run(Probe probe) throws IOException {
        GroupProbe asks = new GroupProbe(probe);
        asks.findCoordinator();
        asks.join();
        asks.sync();
        asks.heartbeat();
        asks.leave();
        asks.list();
        asks.describe();
        asks.delete();
    }

    private void findCoordinator() throws IOException {
        probe.each("group", FIND_COORDINATOR, (v, name) -> coordinator(v, 0, name));
        probe.each("empty group id", FIND_COORDINATOR, (v, name) -> coordinator(v, 0, ""));
        probe.each("unknown kind", FIND_COORDINATOR, (v, name) -> coordinator(v, 9, name));
        probe.each("no keys", FIND_COORDINATOR, new FindCoordinatorRequestData().setKeyType((byte) 0));
        probe.each("the same key twice", FIND_COORDINATOR, (v, name) -> new FindCoordinatorRequestData()
                .setCoordinatorKeys(List.of(name, name)));
    }

    private static FindCoordinatorRequestData coordinator(short version, int type, String key) {
        FindCoordinatorRequestData request = new FindCoordinatorRequestData().setKeyType((byte) type);
        return version < 4 ? request.setKey(key) : request.setCoordinatorKeys(List.of(key));
    }

    private void join() throws IOException {
        probe.each("first member", JOIN_GROUP, (v, name) -> groups.join(name, ""));
        probe.each("empty group id", JOIN_GROUP, (v, name) -> groups.join("", ""));
        probe.each("unknown member of no group", JOIN_GROUP, (v, name) -> groups.join(name, UNKNOWN));
        probe.each("session too short", JOIN_GROUP, (v, name) -> groups.join(name, "")
                .setSessionTimeoutMs(1));
        probe.each("session too long", JOIN_GROUP, (v, name) -> groups.join(name, "")
                .setSessionTimeoutMs(Integer.MAX_VALUE));
        probe.each("no protocols", JOIN_GROUP, (v, name) -> groups.join(name, "")
                .setProtocols(new JoinGroupRequestData.JoinGroupRequestProtocolCollection()));
        probe.each("empty protocol type", JOIN_GROUP, (v, name) -> groups.join(name, "")
                .setProtocolType(""));
        probe.each("empty instance id", JOIN_GROUP, (v, name) -> groups.join(name, "")
                .setGroupInstanceId(""));
        probe.each("instance id with a space", JOIN_GROUP, (v, name) -> groups.join(name, "")
                .setGroupInstanceId("a b"));
        probe.each("static member with an id that is not its own", JOIN_GROUP, (v, name) -> groups.join(name, UNKNOWN)
                .setGroupInstanceId("i"));
        String stable = groups.stable().group();
        probe.each("unknown member of a stable group", JOIN_GROUP, (v, name) -> groups.join(stable, UNKNOWN));
        probe.each("another protocol type than a stable group's", JOIN_GROUP, (v, name) -> groups.join(stable, "")
                .setProtocolType("connect"));
        probe.each("no protocol in common with a stable group", JOIN_GROUP, (v, name) -> groups.join(stable, "")
                .setProtocols(GroupFixtures.protocols("other")));
        String consumers = groups.consumers().group();
        probe.each("unknown member of a consumer group", JOIN_GROUP, (v, name) -> groups.join(consumers, UNKNOWN));
        probe.each("a protocol that a consumer group does not know", JOIN_GROUP, (v, name) -> groups.join(consumers, "")
                .setProtocolType("connect"));
    }

    private void sync() throws IOException {
        GroupFixtures.Member member = groups.stable();
        probe.each("empty group id", SYNC_GROUP, sync("", UNKNOWN, 1));
        probe.each("unknown group", SYNC_GROUP, (v, name) -> sync(name, UNKNOWN, 1));
        probe.each("unknown member", SYNC_GROUP, sync(member.group(), UNKNOWN, member.epoch()));
        probe.each("empty member id", SYNC_GROUP, sync(member.group(), "", member.epoch()));
        probe.each("older generation", SYNC_GROUP, sync(member.group(), member.id(), 0));
        probe.each("later generation", SYNC_GROUP, sync(member.group(), member.id(), 77));
        probe.each("again", SYNC_GROUP, sync(member.group(), member.id(), member.epoch()));
        probe.each(
                "protocol missing",
                SYNC_GROUP,
                sync(member.group(), member.id(), member.epoch())
                        .setProtocolName(null)
                        .setProtocolType(null));
        probe.each(
                "another protocol",
                SYNC_GROUP,
                sync(member.group(), member.id(), member.epoch()).setProtocolName("other"));
        probe.each(
                "unknown instance",
                SYNC_GROUP,
                sync(member.group(), member.id(), member.epoch()).setGroupInstanceId("i"));
        GroupFixtures.Member consumer = groups.consumers();
        probe.each("unknown member of a consumer group", SYNC_GROUP, sync(consumer.group(), UNKNOWN, 1));
        probe.each("consumer member", SYNC_GROUP, sync(consumer.group(), consumer.id(), consumer.epoch()));
    }

    private static SyncGroupRequestData sync(String group, String member, int generation) {
        return new SyncGroupRequestData()
                .setGroupId(group)
                .setMemberId(member)
                .setGenerationId(generation)
                .setProtocolType("consumer")
                .setProtocolName("range")
                .setAssignments(List.of(
                        new SyncGroupRequestAssignment().setMemberId(member).setAssignment(new byte[] {7})));
    }

    private void heartbeat() throws IOException {
        GroupFixtures.Member member = groups.stable();
        probe.each("empty group id", HEARTBEAT, heartbeat("", UNKNOWN, 1));
        probe.each("unknown group", HEARTBEAT, (v, name) -> heartbeat(name, UNKNOWN, 1));
        probe.each("unknown member", HEARTBEAT, heartbeat(member.group(), UNKNOWN, member.epoch()));
        probe.each("empty member id", HEARTBEAT, heartbeat(member.group(), "", member.epoch()));
        probe.each("older generation", HEARTBEAT, heartbeat(member.group(), member.id(), 0));
        probe.each("in time", HEARTBEAT, heartbeat(member.group(), member.id(), member.epoch()));
        probe.each(
                "unknown instance",
                HEARTBEAT,
                heartbeat(member.group(), member.id(), member.epoch()).setGroupInstanceId("i"));
        GroupFixtures.Member instance = groups.stableInstance("instance");
        probe.each(
                "instance with another member id",
                HEARTBEAT,
                heartbeat(instance.group(), UNKNOWN, instance.epoch()).setGroupInstanceId("instance"));
        probe.each("empty group", HEARTBEAT, heartbeat(groups.empty(), UNKNOWN, 1));
        GroupFixtures.Member consumer = groups.consumers();
        probe.each("unknown member of a consumer group", HEARTBEAT, heartbeat(consumer.group(), UNKNOWN, 1));
        probe.each("consumer member", HEARTBEAT, heartbeat(consumer.group(), consumer.id(), consumer.epoch()));
    }

    private static HeartbeatRequestData heartbeat(String group, String member, int generation) {
        return new HeartbeatRequestData().setGroupId(group).setMemberId(member).setGenerationId(generation);
    }

    private void leave() throws IOException {
        probe.each("empty group id", LEAVE_GROUP, (v, name) -> leave(v, "", UNKNOWN, null));
        probe.each("unknown group", LEAVE_GROUP, (v, name) -> leave(v, name, UNKNOWN, null));
        String stable = groups.stable().group();
        probe.each("unknown member", LEAVE_GROUP, (v, name) -> leave(v, stable, UNKNOWN, null));
        probe.each("empty member id", LEAVE_GROUP, (v, name) -> leave(v, stable, "", null));
        probe.each("unknown instance", LEAVE_GROUP, (v, name) -> leave(v, stable, "", "nobody"));
        String instances = groups.stableInstance("instance").group();
        probe.each(
                "instance with another member id", LEAVE_GROUP, (v, name) -> leave(v, instances, UNKNOWN, "instance"));
        probe.each("nobody leaves", LEAVE_GROUP, (v, name) -> new LeaveGroupRequestData().setGroupId(stable));
        probe.each("member leaves", LEAVE_GROUP, (v, name) -> {
            GroupFixtures.Member member = groups.stable();
            return leave(v, member.group(), member.id(), null);
        });
        probe.each("instance leaves by its name", LEAVE_GROUP, (v, name) -> {
            GroupFixtures.Member member = groups.stableInstance("instance");
            return leave(v, member.group(), "", "instance");
        });
        probe.each("one leaves twice", LEAVE_GROUP, (v, name) -> {
            GroupFixtures.Member member = groups.stable();
            MemberIdentity one = new MemberIdentity().setMemberId(member.id());
            return new LeaveGroupRequestData().setGroupId(member.group()).setMembers(List.of(one, one.duplicate()));
        });
        probe.each("consumer member leaves", LEAVE_GROUP, (v, name) -> {
            GroupFixtures.Member member = groups.consumers();
            return leave(v, member.group(), member.id(), null);
        });
    }

    private static LeaveGroupRequestData leave(short version, String group, String member, String instance) {
        LeaveGroupRequestData request = new LeaveGroupRequestData().setGroupId(group);
        return version < 3 && instance == null
                ? request.setMemberId(member)
                : request.setMembers(
                        List.of(new MemberIdentity().setMemberId(member).setGroupInstanceId(instance)));
    }

    private void list() throws IOException {
        Probe own = probe;
        own.each("unknown state", LIST_GROUPS, new ListGroupsRequestData().setStatesFilter(List.of("NoSuchState")));
        own.each("unknown type", LIST_GROUPS, new ListGroupsRequestData().setTypesFilter(List.of("nosuch")));
        own.each(
                "state and type that exclude each other",
                LIST_GROUPS,
                new ListGroupsRequestData()
                        .setStatesFilter(List.of("Assigning"))
                        .setTypesFilter(List.of("classic")));
    }

    private void describe() throws IOException {
        probe.each("unknown group", DESCRIBE_GROUPS, (v, name) -> describe(name));
        probe.each("empty group id", DESCRIBE_GROUPS, (v, name) -> describe(""));
        probe.each("no groups", DESCRIBE_GROUPS, new DescribeGroupsRequestData());
        String stable = groups.stable().group();
        String empty = groups.empty();
        String simple = groups.offsetsOnly();
        String consumers = groups.consumers().group();
        probe.each("stable", DESCRIBE_GROUPS, (v, name) -> describe(stable));
        probe.each("stable, with operations", DESCRIBE_GROUPS, (v, name) -> describe(stable)
                .setIncludeAuthorizedOperations(true));
        probe.each("all members left", DESCRIBE_GROUPS, (v, name) -> describe(empty));
        probe.each("offsets only", DESCRIBE_GROUPS, (v, name) -> describe(simple));
        probe.each("consumer group", DESCRIBE_GROUPS, (v, name) -> describe(consumers));
        probe.each("the same twice", DESCRIBE_GROUPS, (v, name) -> describe(stable, stable));
        probe.each("unknown group", CONSUMER_GROUP_DESCRIBE, (v, name) -> describeConsumers(name));
        probe.each("empty group id", CONSUMER_GROUP_DESCRIBE, (v, name) -> describeConsumers(""));
        probe.each("classic group", CONSUMER_GROUP_DESCRIBE, (v, name) -> describeConsumers(stable));
        probe.each("consumer group", CONSUMER_GROUP_DESCRIBE, (v, name) -> describeConsumers(consumers));
        probe.each("with operations", CONSUMER_GROUP_DESCRIBE, (v, name) -> describeConsumers(consumers)
                .setIncludeAuthorizedOperations(true));
    }

    private static DescribeGroupsRequestData describe(String... groups) {
        return new DescribeGroupsRequestData().setGroups(List.of(groups));
    }

    private static ConsumerGroupDescribeRequestData describeConsumers(String... groups) {
        return new ConsumerGroupDescribeRequestData().setGroupIds(List.of(groups));
    }

    private void delete() throws IOException {
        probe.each("unknown group", DELETE_GROUPS, (v, name) -> delete(name));
        probe.each("empty group id", DELETE_GROUPS, (v, name) -> delete(""));
        probe.each("no groups", DELETE_GROUPS, new DeleteGroupsRequestData());
        String stable = groups.stable().group();
        String consumers = groups.consumers().group();
        probe.each("stable", DELETE_GROUPS, (v, name) -> delete(stable));
        probe.each("consumer group with members", DELETE_GROUPS, (v, name) -> delete(consumers));
        probe.each("all members left", DELETE_GROUPS, (v, name) -> delete(groups.empty()));
        probe.each("offsets only", DELETE_GROUPS, (v, name) -> delete(groups.offsetsOnly()));
        probe.each("the same twice", DELETE_GROUPS, (v, name) -> {
            String group = groups.offsetsOnly();
            return delete(group, group);
        });
    }

    private static DeleteGroupsRequestData delete(String... groups) {
        return new DeleteGroupsRequestData().setGroupsNames(List.of(groups));
    }
}
