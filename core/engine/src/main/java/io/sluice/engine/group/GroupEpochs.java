package io.sluice.engine.group;

import io.sluice.engine.group.GroupRecord.GroupEpoch;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises a consumer group's epoch when its members or topics change, and computes the target that belongs to the epoch.
 * Owned by the shard's home loop.
 */
final class GroupEpochs {
    private static final Logger log = LoggerFactory.getLogger(GroupEpochs.class);

    private final ShardPorts ports;

    GroupEpochs(ShardPorts ports) {
        this.ports = ports;
    }

    /** Raises the epoch if {@code changed}, or if the topics that the group reads have changed since the last time. */
    void refresh(Step step, ConsumerGroup group, boolean changed) {
        TopicView topics = ports.topics().get();
        if (!changed && group.topicsSeen() == topics) {
            return;
        }
        long hash = hash(group.subscribedTopics(), topics);
        group.topicsSeen(topics);
        if (changed || hash != group.metadataHash()) {
            int next = group.epoch() + 1;
            log.debug("msg=\"group epoch\" group={} epoch={}", group.groupId(), next);
            step.write(new GroupRecord.Epoch(group.groupId(), Optional.of(new GroupEpoch(next, hash))));
        }
    }

    /** FNV-1a over name, id and size of each topic that exists, in order of the names. */
    static long hash(Set<String> names, TopicView topics) {
        long hash = 0xcbf29ce484222325L;
        boolean any = false;
        for (String name : names) {
            Optional<TopicInfo> topic = topics.find(name);
            if (topic.isPresent()) {
                any = true;
                for (byte octet : name.getBytes(StandardCharsets.UTF_8)) {
                    hash = (hash ^ octet & 0xff) * 0x100000001b3L;
                }
                hash = (hash ^ topic.get().id().getMostSignificantBits()) * 0x100000001b3L;
                hash = (hash ^ topic.get().id().getLeastSignificantBits()) * 0x100000001b3L;
                hash = (hash ^ topic.get().partitions()) * 0x100000001b3L;
            }
        }
        return any ? hash : 0;
    }

    /** Makes the target that of the group's epoch. */
    void retarget(Step step, ConsumerGroup group) {
        if (group.epoch() <= group.targetEpoch()) {
            return;
        }
        GroupConfig.Consumer config = ports.settings().consumer(group.groupId());
        Map<String, Assignment> targets = Assignors.choose(config, group).assign(input(group));
        for (ConsumerMember member : group.members()) {
            String memberId = member.memberId();
            Assignment target = targets.getOrDefault(memberId, Assignment.NONE);
            boolean known = group.targets().containsKey(memberId);
            if (!known || !target.equals(group.target(memberId))) {
                step.write(new GroupRecord.Target(group.groupId(), memberId, Optional.of(target)));
            }
        }
        step.write(new GroupRecord.TargetEpoch(group.groupId(), OptionalInt.of(group.epoch())));
    }

    private Assignor.Input input(ConsumerGroup group) {
        TopicView topics = ports.topics().get();
        TreeMap<String, Assignor.Member> members = new TreeMap<>();
        TreeMap<UUID, Integer> partitions = new TreeMap<>();
        for (ConsumerMember member : group.members()) {
            Set<UUID> ids = new TreeSet<>();
            for (String name : group.topicsOf(member.profile())) {
                topics.find(name).ifPresent(topic -> {
                    ids.add(topic.id());
                    partitions.put(topic.id(), topic.partitions());
                });
            }
            members.put(
                    member.memberId(),
                    new Assignor.Member(member.profile().instanceId(), ids, group.target(member.memberId())));
        }
        return new Assignor.Input(members, partitions);
    }
}
