package io.sluice.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice bench consume}: one official consumer reads what a topic holds. */
@Command(
        name = "consume",
        description = "Reads a topic from its beginning and prints the rate; the latency is the time between polls.")
final class ConsumeCommand implements Callable<Integer> {
    @Mixin
    private final HelpOption help = new HelpOption();

    @Mixin
    private final LoadOptions options = new LoadOptions();

    @Option(
            names = "--records",
            paramLabel = "N",
            description = "How many to read (default: all that the topic holds).")
    private long records = Long.MAX_VALUE;

    @Override
    public Integer call() throws Exception {
        if (options.topic().isEmpty()) {
            throw new BenchException("say with --topic what to read; 'bench produce --topic NAME' fills one");
        }
        return options.run("consume", topic -> {
            Meter meter = new Meter();
            try (BacklogReader reader = new BacklogReader(options.bootstrap(), topic, meter)) {
                return options.watched(reader, meter, Math.min(records, reader.backlog()));
            }
        });
    }
}
