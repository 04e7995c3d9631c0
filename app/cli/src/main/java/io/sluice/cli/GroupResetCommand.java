package io.sluice.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice group reset}: moves a group that has no live members; shows what it would do until told to do it. */
@Command(
        name = "reset",
        description = "Move a group to another place; shows what would change unless --execute is given.",
        footer = {
            "",
            "Examples:",
            "  ./sluice group reset billing --to earliest",
            "  ./sluice group reset billing --to 2h --topic orders --execute     two hours back",
            "  ./sluice group reset billing --shift-by -10 --topic orders:0,2 --execute"
        })
final class GroupResetCommand extends ClientCommand {
    @Parameters(paramLabel = "GROUP", description = "Name of the group.")
    private String group = "";

    @Option(
            names = {"-t", "--topic"},
            paramLabel = "TOPIC[:N,...]",
            description = "Only this topic, or these partitions of it (default: all that the group has committed). "
                    + "May be repeated.")
    private List<String> topics = new ArrayList<>();

    @ArgGroup(multiplicity = "1")
    private Target target = new Target();

    @Option(names = "--execute", description = "Do it.")
    private boolean execute;

    /** Where to: exactly one of the two. */
    static final class Target {
        @Option(
                names = "--to",
                paramLabel = "POSITION",
                converter = Position.Converter.class,
                description = "Move to: " + Position.FORMS + ".")
        private @Nullable Position to;

        @Option(names = "--shift-by", paramLabel = "N", description = "Move by so many messages; back if negative.")
        private long shiftBy;
    }

    /** One partition's move; for {@code --json}. */
    record Move(String topic, int partition, long from, long to, boolean done) {}

    @Override
    public void run() {
        try (Admin admin = broker().admin()) {
            Map<TopicPartition, OffsetAndMetadata> committed = new Groups(admin).committed(group);
            Set<TopicPartition> chosen = chosen(admin, committed.keySet());
            if (chosen.isEmpty()) {
                throw new CommandFailure(Groups.subject(group) + " has committed nothing; name the topic with --topic");
            }
            Map<TopicPartition, Long> targets = targets(new AdminOffsets(admin), chosen, committed);
            if (execute) {
                apply(admin, targets);
            }
            print(targets.entrySet().stream()
                    .map(move -> new Move(
                            move.getKey().topic(),
                            move.getKey().partition(),
                            offset(committed, move.getKey()),
                            move.getValue(),
                            execute))
                    .sorted(Comparator.comparing(Move::topic).thenComparing(Move::partition))
                    .toList());
        }
    }

    private Set<TopicPartition> chosen(Admin admin, Set<TopicPartition> committed) {
        if (topics.isEmpty()) {
            return committed;
        }
        Set<TopicPartition> chosen =
                new TreeSet<>(Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition));
        for (String wanted : topics) {
            int colon = wanted.lastIndexOf(':');
            String topic = colon < 0 ? wanted : wanted.substring(0, colon);
            int partitions = partitions(admin, topic);
            if (colon < 0) {
                for (int i = 0; i < partitions; i++) {
                    chosen.add(new TopicPartition(topic, i));
                }
            } else {
                for (String number : wanted.substring(colon + 1).split(",")) {
                    chosen.add(new TopicPartition(topic, partition(number, topic, partitions)));
                }
            }
        }
        return chosen;
    }

    private static int partitions(Admin admin, String topic) {
        Map<String, KafkaFuture<TopicDescription>> asked =
                admin.describeTopics(List.of(topic)).topicNameValues();
        return Answer.of(asked, topic, Topics.subject(topic)).partitions().size();
    }

    private static int partition(String number, String topic, int partitions) {
        if (number.matches("\\d{1,9}") && Integer.parseInt(number) < partitions) {
            return Integer.parseInt(number);
        }
        throw new CommandFailure(
                Topics.subject(topic) + " has no partition " + number + ", only 0 to " + (partitions - 1));
    }

    private Map<TopicPartition, Long> targets(
            OffsetLookup lookup, Set<TopicPartition> chosen, Map<TopicPartition, OffsetAndMetadata> committed) {
        if (target.to != null) {
            return target.to.resolve(lookup, chosen);
        }
        Map<TopicPartition, Long> starts = lookup.starts(chosen);
        Map<TopicPartition, Long> ends = lookup.ends(chosen);
        Map<TopicPartition, Long> shifted = new HashMap<>();
        for (TopicPartition partition : chosen) {
            long now = offset(committed, partition);
            if (now < 0) {
                throw new CommandFailure(Groups.subject(group) + " has committed nothing in " + partition
                        + " that could be shifted; use --to");
            }
            long start = starts.getOrDefault(partition, 0L);
            shifted.put(partition, Math.min(Math.max(now + target.shiftBy, start), ends.getOrDefault(partition, now)));
        }
        return shifted;
    }

    private void apply(Admin admin, Map<TopicPartition, Long> targets) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        targets.forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset)));
        Answer.of(admin.alterConsumerGroupOffsets(group, offsets).all(), Groups.subject(group));
    }

    private void print(List<Move> moves) {
        if (json()) {
            Json.print(out(), moves);
            return;
        }
        Table table = new Table("TOPIC", ">PARTITION", ">FROM", ">TO", ">CHANGE");
        for (Move move : moves) {
            long change = move.to() - Math.max(0, move.from());
            table.row(
                    move.topic(),
                    move.partition(),
                    Human.count(move.from()),
                    Human.count(move.to()),
                    (change > 0 ? "+" : change < 0 ? "-" : "") + Human.count(Math.abs(change)));
        }
        table.print(out());
        if (!execute) {
            err().println("nothing was changed; give --execute to do it");
        }
    }

    private static long offset(Map<TopicPartition, OffsetAndMetadata> committed, TopicPartition partition) {
        OffsetAndMetadata offset = committed.get(partition);
        return offset == null ? -1 : offset.offset();
    }
}
