package io.sluice.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code sluice produce}: sends each line of its input as a message. */
@Command(
        name = "produce",
        description = "Send messages: each line of the input is one.",
        footer = {
            "",
            "Examples:",
            "  ./sluice produce orders --value 'hello'",
            "  seq 1000 | ./sluice produce orders",
            "  printf 'k1:a\\nk2:b\\n' | ./sluice produce orders --key-separator :",
            "  ./sluice produce pictures --whole -H type=png a.png b.png"
        })
final class ProduceCommand extends ClientCommand {
    private static final int MESSAGE_BYTES_MAX = 32 * 1024 * 1024;

    @Parameters(index = "0", paramLabel = "TOPIC", description = "Name of the topic.")
    private String topic = "";

    @Parameters(index = "1..*", paramLabel = "FILE", description = "Files to read instead of standard input.")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = {"-v", "--value"},
            paramLabel = "TEXT",
            description = "Send this one message and read no input. May be repeated.")
    private List<String> values = new ArrayList<>();

    @Option(
            names = {"-k", "--key"},
            paramLabel = "TEXT",
            description = "Key of every message.")
    private @Nullable String key;

    @Option(
            names = {"-K", "--key-separator"},
            paramLabel = "TEXT",
            description = "What stands before it in a line is the key.")
    private @Nullable String keySeparator;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "NAME=VALUE",
            description = "Header of every message. May be repeated.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(names = "--whole", description = "Each file, or the whole of standard input, is one message.")
    private boolean whole;

    @Option(
            names = "--null",
            paramLabel = "TEXT",
            description = "A value that is this text becomes null (a tombstone).")
    private @Nullable String nullText;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "N",
            description = "Send to this partition.")
    private @Nullable Integer partition;

    @Option(
            names = "--acks",
            paramLabel = "all|1|0",
            defaultValue = "all",
            description = "Who must have the message before it counts as sent (default: ${DEFAULT-VALUE}).")
    private String acks = "all";

    @Option(
            names = {"-z", "--compression"},
            paramLabel = "TYPE",
            defaultValue = "none",
            description = "none, gzip, snappy, lz4 or zstd (default: ${DEFAULT-VALUE}).")
    private String compression = "none";

    /** What {@code --json} prints at the end. */
    record Sent(String topic, long messages, long bytes, double seconds) {}

    @Override
    public void run() {
        if (key != null && keySeparator != null) {
            throw new ParameterException(
                    spec().commandLine(), "--key gives every message the same key: leave it or --key-separator out");
        }
        if (!values.isEmpty() && !files.isEmpty()) {
            throw new ParameterException(spec().commandLine(), "give --value or files, not both");
        }
        broker().requireListener();
        Progress progress = new Progress(err(), Launcher.errIsTerminal(), "sent");
        try (Producer<byte[], byte[]> producer = producer()) {
            MessageMaker maker = new MessageMaker(topic, partition, key, keySeparator, nullText, headers);
            MessageSender sender = new MessageSender(producer, progress, broker()::answers);
            sendAll(text -> sender.send(maker.message(text)));
            sender.finish(topic);
        } catch (org.apache.kafka.common.KafkaException e) {
            throw new CommandFailure(ErrorLine.of(Topics.subject(topic), e), e);
        }
        progress.end("to " + topic);
        if (json()) {
            Json.print(out(), new Sent(topic, progress.messages(), progress.bytes(), progress.seconds()));
        }
    }

    private Producer<byte[], byte[]> producer() {
        Map<String, Object> properties = broker().clientProperties();
        long timeoutMs = broker().timeout().toMillis();
        properties.putIfAbsent("acks", acks);
        properties.putIfAbsent("compression.type", compression);
        properties.putIfAbsent("max.block.ms", timeoutMs);
        properties.putIfAbsent("max.request.size", MESSAGE_BYTES_MAX); // the broker's own limit decides
        // The producer asks for at least request.timeout.ms + linger.ms.
        properties.putIfAbsent("delivery.timeout.ms", (int) Math.min(timeoutMs + 1_000, Integer.MAX_VALUE));
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void sendAll(Consumer<byte[]> messages) {
        for (String value : values) {
            messages.accept(value.getBytes(StandardCharsets.UTF_8));
        }
        if (!values.isEmpty()) {
            return;
        }
        if (files.isEmpty()) {
            if (Launcher.inIsTerminal()) {
                err().println("one message per line; Ctrl-D ends");
                err().flush();
            }
            sendFrom(System.in, "standard input", messages);
            return;
        }
        for (Path file : files) {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
                sendFrom(in, file.toString(), messages);
            } catch (IOException e) {
                throw new CommandFailure("cannot read " + file + ": " + reason(e), e);
            }
        }
    }

    private void sendFrom(InputStream in, String name, Consumer<byte[]> messages) {
        try {
            if (whole) {
                messages.accept(in.readAllBytes());
                return;
            }
            Lines lines = new Lines(in);
            for (byte[] line = lines.next(); line != null; line = lines.next()) {
                messages.accept(line);
            }
        } catch (IOException e) {
            throw new CommandFailure("cannot read " + name + ": " + reason(e), e);
        }
    }

    private static String reason(IOException problem) {
        if (problem instanceof NoSuchFileException) {
            return "no such file";
        }
        return problem instanceof AccessDeniedException ? "permission denied" : String.valueOf(problem.getMessage());
    }
}
