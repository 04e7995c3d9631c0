package io.sluice.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.record.internal.MemoryRecords;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sluice cluster verify}: reads what every replica has itself, through Kafka's Fetch as a debugging consumer, and
 * compares it batch by batch. So it believes no broker's word for its own or another's log, and works with any broker.
 */
@Command(
        name = "verify",
        description = {
            "Compare the replicas of partitions, by a hash over all that each has up to the high watermark.",
            "It reads everything from every broker. Exit code 1 if a replica differs or cannot be compared."
        })
final class ClusterVerifyCommand extends ClientCommand {
    private static final int HASH_SHOWN = 12;

    @Option(
            names = {"-t", "--topic"},
            paramLabel = "TOPIC",
            description = "Only this topic. May be repeated (default: all, the internal ones too).")
    private List<String> topics = List.of();

    @Override
    public void run() {
        List<ReplicaComparison> compared = new ArrayList<>();
        try (Admin admin = broker().admin();
                ReplicaClient client = new ReplicaClient(broker())) {
            Map<String, Uuid> ids = ids(admin);
            ClusterView view = ClusterReader.read(broker());
            List<ClusterView.Partition> partitions = view.partitions().stream()
                    .filter(partition -> ids.containsKey(partition.topic()))
                    .toList();
            Map<Integer, Map<TopicPartition, Long>> starts = starts(view, partitions, client);
            boolean draws = Launcher.errIsTerminal();
            for (ClusterView.Partition partition : partitions) {
                if (draws) {
                    err().print("\r\033[K" + (compared.size() + 1) + " of " + partitions.size() + ": " + partition);
                    err().flush();
                }
                Uuid id = ids.getOrDefault(partition.topic(), Uuid.ZERO_UUID);
                compared.add(compare(view, partition, id, starts, client));
            }
            if (draws) {
                err().print("\r\033[K");
                err().flush();
            }
        }
        report(compared);
    }

    /** Of the topics to verify. */
    private Map<String, Uuid> ids(Admin admin) {
        Collection<String> names = topics.isEmpty() ? new Topics(admin).names(true) : topics;
        Map<String, KafkaFuture<TopicDescription>> asked =
                admin.describeTopics(names).topicNameValues();
        Map<String, Uuid> ids = new HashMap<>();
        names.forEach(name ->
                ids.put(name, Answer.of(asked, name, Topics.subject(name)).topicId()));
        return ids;
    }

    /** Where each running broker's replicas begin; retention and deletion need not have come as far everywhere. */
    private static Map<Integer, Map<TopicPartition, Long>> starts(
            ClusterView view, List<ClusterView.Partition> partitions, ReplicaClient client) {
        Map<Integer, List<TopicPartition>> held = new TreeMap<>();
        partitions.forEach(partition -> partition.replicas().stream()
                .filter(id -> isThere(view, id))
                .forEach(id ->
                        held.computeIfAbsent(id, broker -> new ArrayList<>()).add(partition.key())));
        Map<Integer, Map<TopicPartition, Long>> starts = new HashMap<>();
        held.forEach(
                (id, keys) -> starts.put(id, client.startOffsets(view.broker(id).node(), keys)));
        return starts;
    }

    private static boolean isThere(ClusterView view, int broker) {
        ClusterView.State state = view.state(broker);
        return state == ClusterView.State.RUNNING || state == ClusterView.State.SHUTTING_DOWN;
    }

    private static ReplicaComparison compare(
            ClusterView view,
            ClusterView.Partition partition,
            Uuid topicId,
            Map<Integer, Map<TopicPartition, Long>> starts,
            ReplicaClient client) {
        List<ReplicaComparison.Problem> problems = new ArrayList<>();
        Map<Integer, ReplicaSource> sources = new LinkedHashMap<>();
        ReplicaClient.Named named = new ReplicaClient.Named(partition.key(), topicId);
        long from = 0;
        for (int id : partition.replicas()) {
            Long start = starts.getOrDefault(id, Map.of()).get(partition.key());
            if (!isThere(view, id)) {
                problems.add(new ReplicaComparison.Problem(id, false, "is " + view.state(id)));
            } else if (start == null) {
                problems.add(new ReplicaComparison.Problem(id, false, "does not show what it has"));
            } else {
                from = Math.max(from, start);
                Node node = view.broker(id).node();
                sources.put(id, offset -> piece(client.fetch(node, named, offset)));
            }
        }
        if (partition.offline()) {
            problems.add(new ReplicaComparison.Problem(-1, false, "no broker leads it"));
            return ReplicaComparison.impossible(partition, problems);
        }
        return ReplicaComparison.of(partition, sources, from, problems);
    }

    private static ReplicaSource.Piece piece(FetchResponseData.PartitionData told) {
        MemoryRecords records = told.records() instanceof MemoryRecords read ? read : MemoryRecords.EMPTY;
        return new ReplicaSource.Piece(records, told.highWatermark());
    }

    private void report(List<ReplicaComparison> compared) {
        if (json()) {
            Json.print(out(), compared);
        } else {
            Table table = new Table("PARTITION", ">FROM", ">TO", "EQUAL", "BEHIND", "HASH", "PROBLEM");
            compared.forEach(each -> table.row(
                    each.topic() + "-" + each.partition(),
                    Human.count(each.from()),
                    Human.count(each.to()),
                    BrokerTable.ids(each.equal()),
                    BrokerTable.ids(each.behind()),
                    each.hash().isEmpty() ? "-" : each.hash().substring(0, HASH_SHOWN),
                    each.problems().stream()
                            .map(problem ->
                                    (problem.broker() < 0 ? "" : "broker " + problem.broker() + " ") + problem.what())
                            .collect(Collectors.joining("; "))));
            table.print(out());
            out().println();
        }
        long differ = compared.stream().filter(ReplicaComparison::differs).count();
        Optional<ReplicaComparison> open = compared.stream()
                .filter(each -> !each.problems().isEmpty() && !each.differs())
                .findFirst();
        out().flush();
        if (differ > 0) {
            throw new CommandFailure("replicas of " + Moves.partitions((int) differ) + " differ; where a topic is"
                    + " compacted, each broker does that for itself and the difference may be none");
        }
        if (open.isPresent()) {
            throw new CommandFailure("what was compared is equal, but not every replica could be: partition "
                    + open.get().topic() + "-" + open.get().partition() + ", broker "
                    + open.get().problems().get(0).broker() + " "
                    + open.get().problems().get(0).what());
        }
        if (!json()) {
            out().println("all replicas of " + Moves.partitions(compared.size()) + " are equal");
        }
    }
}
