package io.sluice.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice bench produce}: load from official producers on one running broker. */
@Command(
        name = "produce",
        description = "Produces to a running broker as fast as it goes, or at --rate, and prints rate and latency.")
final class ProduceCommand implements Callable<Integer> {
    @Mixin
    private final HelpOption help = new HelpOption();

    @Mixin
    private final LoadOptions options = new LoadOptions();

    @Option(
            names = "--records",
            paramLabel = "N",
            description = "How many in all (default: ${DEFAULT-VALUE}).",
            defaultValue = "1000000")
    private long records;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            description = "Bytes of each record's value (default: ${DEFAULT-VALUE}).",
            defaultValue = "100")
    private int size;

    @Option(
            names = "--producers",
            paramLabel = "N",
            description = "How many producers (default: ${DEFAULT-VALUE}).",
            defaultValue = "1")
    private int producers;

    @Option(names = "--rate", paramLabel = "N", description = "Records a second in all (default: as fast as it goes).")
    private double rate;

    @Option(
            names = "--one-by-one",
            description = "Each producer waits for the acknowledgement of a record before it sends the next.")
    private boolean oneByOne;

    @Override
    public Integer call() throws Exception {
        return options.run("produce", topic -> {
            Meter meter = new Meter();
            try (LoadSource load = open(topic, meter)) {
                return options.watched(load, meter, records);
            }
        });
    }

    private LoadSource open(String topic, Meter meter) {
        return oneByOne
                ? new JavaClosedLoop(options.bootstrap(), topic, producers, size, meter)
                : new JavaBulk(options.bootstrap(), topic, new JavaBulk.Shape(producers, size, rate), meter);
    }
}
