package io.sluice.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code sluice consume}: prints a topic's messages and ends where the topic ended, or follows it. */
@Command(
        name = "consume",
        description = "Print a topic's messages.",
        footer = {
            "",
            "Without --follow it ends at what the topic held when it began. Examples:",
            "  ./sluice consume orders --from 10m                      the last ten minutes",
            "  ./sluice consume orders --follow --from latest          what comes from now on",
            "  ./sluice consume orders --format '%%p/%%o %%k=%%v'",
            "  ./sluice consume orders --group billing -n 100          the group's next hundred, committed"
        })
final class ConsumeCommand extends ClientCommand {
    @Parameters(paramLabel = "TOPIC", description = "Name of the topic.")
    private String topic = "";

    @Option(
            names = "--from",
            paramLabel = "POSITION",
            converter = Position.Converter.class,
            description = "Where to begin (default: earliest): " + Position.FORMS + ".")
    private @Nullable Position from;

    @Option(
            names = "--until",
            paramLabel = "POSITION",
            converter = Position.Converter.class,
            description = "Where to end (default: latest).")
    private @Nullable Position until;

    @Option(names = "-n", paramLabel = "COUNT", description = "End after so many messages.")
    private long limit = Long.MAX_VALUE;

    @Option(
            names = {"-f", "--follow"},
            description = "Wait for more messages at the end.")
    private boolean follow;

    @Option(
            names = {"-g", "--group"},
            paramLabel = "GROUP",
            description = "Read as a member of this group: begin where it stands and commit what was printed.")
    private @Nullable String group;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "N",
            split = ",",
            description = "Only these partitions.")
    private List<Integer> partitions = new ArrayList<>();

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text (the value), json, or a template of: %%k key, %%v value, %%h headers, %%t topic, "
                    + "%%p partition, %%o offset, %%T timestamp in ms, %%d date and time, \\n, \\t.")
    private String format = "text";

    @Option(
            names = "--null",
            paramLabel = "TEXT",
            defaultValue = "null",
            description = "What to print for a key or value that is null (default: ${DEFAULT-VALUE}).")
    private String nullText = "null";

    @Override
    public void run() {
        checkOptions();
        RecordFormat recordFormat = RecordFormat.named(json() ? "json" : format, nullText);
        Progress progress = new Progress(err(), Launcher.errIsTerminal() && !Launcher.outIsTerminal(), "read");
        MessagePrinter printer = new MessagePrinter(out(), recordFormat, limit, progress);
        broker().requireListener();
        try (Consumer<byte[], byte[]> consumer =
                        new KafkaConsumer<>(properties(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
                StopSignal stop = new StopSignal(consumer::wakeup)) {
            read(consumer, printer, stop);
            progress.end("from " + topic);
        } finally {
            out().flush();
        }
    }

    private void read(Consumer<byte[], byte[]> consumer, MessagePrinter printer, StopSignal stop) {
        try {
            List<TopicPartition> chosen = existingPartitions(consumer);
            if (group != null) {
                new GroupReader(consumer, printer, stop, follow).read(topic);
                return;
            }
            ConsumerOffsets offsets = new ConsumerOffsets(consumer);
            Map<TopicPartition, Long> starts = (from == null ? new Position.Earliest() : from).resolve(offsets, chosen);
            Map<TopicPartition, Long> ends =
                    follow ? Map.of() : (until == null ? new Position.Latest() : until).resolve(offsets, chosen);
            new TopicReader(consumer, printer, stop).read(starts, ends);
        } catch (WakeupException e) {
            if (!stop.stopped()) {
                throw e;
            }
        } catch (org.apache.kafka.common.KafkaException e) {
            throw new CommandFailure(ErrorLine.of(Topics.subject(topic), e), e);
        }
    }

    private void checkOptions() {
        if (follow && until != null) {
            throw misuse("--follow never ends: leave it or --until out");
        }
        if (limit <= 0) {
            throw misuse("-n must be at least 1, not " + limit);
        }
        if (group == null) {
            return;
        }
        if (until != null || !partitions.isEmpty()) {
            throw misuse("a group reads what it has not read yet, from the partitions that it is given: "
                    + "--until and --partition need a run without --group");
        }
        if (from != null && !(from instanceof Position.Earliest) && !(from instanceof Position.Latest)) {
            throw misuse("with --group, --from may only be earliest or latest and counts where the group has "
                    + "committed nothing; " + Launcher.command() + " group reset moves a group");
        }
    }

    private ParameterException misuse(String message) {
        return new ParameterException(spec().commandLine(), message);
    }

    private Map<String, Object> properties() {
        Map<String, Object> properties = broker().clientProperties();
        properties.putIfAbsent("enable.auto.commit", "false");
        properties.putIfAbsent("allow.auto.create.topics", "false");
        properties.putIfAbsent("auto.offset.reset", from instanceof Position.Latest ? "latest" : "earliest");
        if (group != null) {
            properties.put("group.id", group);
        }
        return properties;
    }

    private List<TopicPartition> existingPartitions(Consumer<?, ?> consumer) {
        List<PartitionInfo> existing = consumer.partitionsFor(topic);
        if (existing == null || existing.isEmpty()) {
            throw new CommandFailure(Topics.subject(topic) + " does not exist; " + Launcher.command()
                    + " topic list shows those that do");
        }
        List<Integer> numbers =
                existing.stream().map(PartitionInfo::partition).sorted().toList();
        for (int wanted : partitions) {
            if (!numbers.contains(wanted)) {
                throw new CommandFailure(
                        Topics.subject(topic) + " has no partition " + wanted + ", only 0 to " + (numbers.size() - 1));
            }
        }
        return numbers.stream()
                .filter(number -> partitions.isEmpty() || partitions.contains(number))
                .map(number -> new TopicPartition(topic, number))
                .toList();
    }
}
