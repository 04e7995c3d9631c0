package io.sluice.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/** Reads what a broker knows about groups and puts it into {@link GroupReport}s. */
final class Groups {
    private static final Set<String> CONSUMER_PROTOCOLS = Set.of("consumer", "");

    private final Admin admin;

    Groups(Admin admin) {
        this.admin = admin;
    }

    /** How a message calls a group. */
    static String subject(String name) {
        return "group \"" + name + "\"";
    }

    /** All groups that consume with committed offsets, by name. */
    List<GroupReport> all() {
        List<String> names = Answer.of(admin.listGroups().all(), "groups").stream()
                .filter(Groups::isConsumerGroup)
                .map(GroupListing::groupId)
                .sorted()
                .toList();
        return reports(names);
    }

    /** One report per name, in the order of the names. A group that does not exist is a failure that names it. */
    List<GroupReport> reports(Collection<String> names) {
        if (names.isEmpty()) {
            return List.of();
        }
        Map<String, KafkaFuture<ConsumerGroupDescription>> described =
                admin.describeConsumerGroups(names).describedGroups();
        Map<String, Map<TopicPartition, OffsetAndMetadata>> committed = new HashMap<>();
        Map<String, ConsumerGroupDescription> groups = new HashMap<>();
        for (String name : names) {
            groups.put(name, Answer.of(described, name, subject(name)));
            committed.put(name, committed(name));
        }
        Map<TopicPartition, Long> ends = ends(groups.values(), committed.values());
        List<GroupReport> reports = new ArrayList<>();
        groups.forEach((name, group) -> reports.add(report(group, committed.getOrDefault(name, Map.of()), ends)));
        reports.sort((a, b) -> a.name().compareTo(b.name()));
        return reports;
    }

    /** The offsets that a group has committed. */
    Map<TopicPartition, OffsetAndMetadata> committed(String name) {
        KafkaFuture<Map<TopicPartition, OffsetAndMetadata>> asked = admin.listConsumerGroupOffsets(
                        Map.of(name, new ListConsumerGroupOffsetsSpec()))
                .partitionsToOffsetAndMetadata(name);
        Map<TopicPartition, OffsetAndMetadata> known = new HashMap<>();
        Answer.of(asked, subject(name)).forEach((partition, offset) -> {
            if (offset != null) {
                known.put(partition, offset);
            }
        });
        return known;
    }

    /** Fails, naming the first that does not exist, before anybody is asked what to do with them. */
    void requireExisting(Collection<String> names) {
        Set<String> known = Answer.of(admin.listGroups().all(), "groups").stream()
                .map(GroupListing::groupId)
                .collect(Collectors.toSet());
        for (String name : names) {
            if (!known.contains(name)) {
                throw new CommandFailure(ErrorLine.of(subject(name), new GroupIdNotFoundException(name)));
            }
        }
    }

    private static boolean isConsumerGroup(GroupListing group) {
        GroupType type = group.type().orElse(GroupType.CLASSIC);
        return type == GroupType.CONSUMER
                || (type == GroupType.CLASSIC && CONSUMER_PROTOCOLS.contains(group.protocol()));
    }

    private Map<TopicPartition, Long> ends(
            Collection<ConsumerGroupDescription> groups, Collection<Map<TopicPartition, OffsetAndMetadata>> committed) {
        Set<TopicPartition> partitions = new HashSet<>();
        committed.forEach(offsets -> partitions.addAll(offsets.keySet()));
        groups.forEach(group -> group.members()
                .forEach(member -> partitions.addAll(member.assignment().topicPartitions())));
        ListOffsetsResult asked =
                admin.listOffsets(partitions.stream().collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest())));
        Map<TopicPartition, Long> ends = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Answer.ifKnown(asked.partitionResult(partition)).ifPresent(end -> ends.put(partition, end.offset()));
        }
        return ends;
    }

    private static GroupReport report(
            ConsumerGroupDescription group,
            Map<TopicPartition, OffsetAndMetadata> committed,
            Map<TopicPartition, Long> ends) {
        Map<TopicPartition, MemberDescription> readers = new HashMap<>();
        List<GroupReport.Member> members = new ArrayList<>();
        for (MemberDescription member : group.members()) {
            Set<TopicPartition> reads = member.assignment().topicPartitions();
            reads.forEach(partition -> readers.put(partition, member));
            members.add(new GroupReport.Member(
                    member.consumerId(),
                    member.clientId(),
                    host(member),
                    member.groupInstanceId().orElse(""),
                    reads.size()));
        }
        Map<String, GroupReport.Partition> rows = new TreeMap<>();
        Set<TopicPartition> partitions = new HashSet<>(committed.keySet());
        partitions.addAll(readers.keySet());
        for (TopicPartition key : partitions) {
            OffsetAndMetadata offset = committed.get(key);
            MemberDescription reader = readers.get(key);
            rows.put(
                    String.format("%s/%010d", key.topic(), key.partition()),
                    new GroupReport.Partition(
                            key.topic(),
                            key.partition(),
                            offset == null ? -1 : offset.offset(),
                            ends.getOrDefault(key, -1L),
                            reader == null ? "" : reader.consumerId(),
                            reader == null ? "" : reader.clientId(),
                            reader == null ? "" : host(reader)));
        }
        return new GroupReport(
                group.groupId(),
                group.type().toString().toLowerCase(java.util.Locale.ROOT),
                group.groupState().toString().toLowerCase(java.util.Locale.ROOT),
                members,
                List.copyOf(rows.values()));
    }

    private static String host(MemberDescription member) {
        return member.host().startsWith("/") ? member.host().substring(1) : member.host();
    }
}
