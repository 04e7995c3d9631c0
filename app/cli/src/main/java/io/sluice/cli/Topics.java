package io.sluice.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;

/** Reads what a broker knows about topics and puts it into {@link TopicReport}s. */
final class Topics {
    private final Admin admin;

    Topics(Admin admin) {
        this.admin = admin;
    }

    /** Names of all topics in order. */
    Set<String> names(boolean withInternal) {
        ListTopicsOptions options = new ListTopicsOptions().listInternal(withInternal);
        return new TreeSet<>(Answer.of(admin.listTopics(options).names(), "topics"));
    }

    /** One report per name, in the order of the names. A topic that does not exist is a failure that names it. */
    List<TopicReport> reports(Collection<String> names) {
        if (names.isEmpty()) {
            return List.of();
        }
        Map<String, KafkaFuture<TopicDescription>> asked =
                admin.describeTopics(names).topicNameValues();
        List<TopicDescription> topics = new ArrayList<>();
        for (String name : names) {
            topics.add(Answer.of(asked, name, subject(name)));
        }
        List<TopicPartition> partitions = topics.stream()
                .flatMap(topic -> topic.partitions().stream().map(p -> new TopicPartition(topic.name(), p.partition())))
                .toList();
        Map<TopicPartition, Long> starts = offsets(partitions, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = offsets(partitions, OffsetSpec.latest());
        Map<TopicPartition, Long> sizes = sizes();
        Map<String, Map<String, String>> settings = changedSettings(names);
        return topics.stream()
                .map(topic -> report(topic, starts, ends, sizes, settings.getOrDefault(topic.name(), Map.of())))
                .toList();
    }

    /** How a message calls a topic. */
    static String subject(String name) {
        return "topic \"" + name + "\"";
    }

    private static TopicReport report(
            TopicDescription topic,
            Map<TopicPartition, Long> starts,
            Map<TopicPartition, Long> ends,
            Map<TopicPartition, Long> sizes,
            Map<String, String> settings) {
        List<TopicReport.Partition> partitions = new ArrayList<>();
        for (TopicPartitionInfo info : topic.partitions()) {
            TopicPartition key = new TopicPartition(topic.name(), info.partition());
            partitions.add(new TopicReport.Partition(
                    info.partition(),
                    info.leader() == null ? -1 : info.leader().id(),
                    info.replicas().stream().map(Node::id).toList(),
                    info.isr().stream().map(Node::id).toList(),
                    ClusterReader.ids(info.elr()),
                    ClusterReader.ids(info.lastKnownElr()),
                    starts.getOrDefault(key, -1L),
                    ends.getOrDefault(key, -1L),
                    sizes.getOrDefault(key, -1L)));
        }
        return new TopicReport(
                topic.name(),
                topic.topicId().toString(),
                topic.isInternal(),
                partitions.stream().mapToInt(p -> p.replicas().size()).max().orElse(0),
                sumOfKnown(
                        partitions.stream().map(TopicReport.Partition::messages).toList()),
                sumOfKnown(partitions.stream().map(TopicReport.Partition::bytes).toList()),
                settings,
                partitions,
                List.of());
    }

    /** -1 as soon as one summand is not known: a sum that leaves something out would mislead. */
    private static long sumOfKnown(List<Long> numbers) {
        return numbers.stream().anyMatch(number -> number < 0)
                ? -1
                : numbers.stream().mapToLong(Long::longValue).sum();
    }

    /** The offset of each partition that has a leader to ask. */
    private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions, OffsetSpec spec) {
        ListOffsetsResult result = admin.listOffsets(partitions.stream().collect(Collectors.toMap(p -> p, p -> spec)));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Answer.ifKnown(result.partitionResult(partition))
                    .ifPresent(found -> offsets.put(partition, found.offset()));
        }
        return offsets;
    }

    /** Bytes on disk per partition: the largest replica's, so that replication does not count a message twice. */
    private Map<TopicPartition, Long> sizes() {
        Map<TopicPartition, Long> sizes = new HashMap<>();
        Collection<Node> nodes = Answer.ifKnown(admin.describeCluster().nodes()).orElse(List.of());
        List<Integer> ids = nodes.stream().map(Node::id).toList();
        for (KafkaFuture<Map<String, LogDirDescription>> asked :
                admin.describeLogDirs(ids).descriptions().values()) {
            for (LogDirDescription folder :
                    Answer.ifKnown(asked).orElse(Map.of()).values()) {
                for (Map.Entry<TopicPartition, ReplicaInfo> replica :
                        folder.replicaInfos().entrySet()) {
                    sizes.merge(replica.getKey(), replica.getValue().size(), Math::max);
                }
            }
        }
        return sizes;
    }

    /** Per topic the settings that were set for it, without those that it takes from the broker. */
    private Map<String, Map<String, String>> changedSettings(Collection<String> names) {
        Map<ConfigResource, KafkaFuture<Config>> asked = admin.describeConfigs(names.stream()
                        .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                        .toList())
                .values();
        Map<String, Map<String, String>> settings = new HashMap<>();
        asked.forEach((topic, config) -> {
            Map<String, String> changed = new TreeMap<>();
            for (ConfigEntry entry : Answer.of(config, subject(topic.name())).entries()) {
                if (entry.source() == ConfigSource.DYNAMIC_TOPIC_CONFIG) {
                    changed.put(entry.name(), entry.value());
                }
            }
            settings.put(topic.name(), changed);
        });
        return settings;
    }
}
