package io.sluice.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice bench latency}: how long records take from producer to consumer at a fixed rate. */
@Command(
        name = "latency",
        description = "Sends at a fixed rate through a running broker and prints how long records took end to end.")
final class LatencyCommand implements Callable<Integer> {
    @Mixin
    private final HelpOption help = new HelpOption();

    private static final int WARMUP_SECONDS = 2;

    @Mixin
    private final LoadOptions options = new LoadOptions();

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Records a second (default: ${DEFAULT-VALUE}).",
            defaultValue = "2000")
    private int rate;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "How long (default: ${DEFAULT-VALUE}).",
            defaultValue = "10")
    private int seconds;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            description = "Bytes of each record's value (default: ${DEFAULT-VALUE}).",
            defaultValue = "100")
    private int size;

    @Override
    public Integer call() throws Exception {
        return options.run("latency", topic -> {
            Meter meter = new Meter();
            try (PacedLoop loop = new PacedLoop(options.bootstrap(), topic, rate, size, meter)) {
                loop.run((long) rate * WARMUP_SECONDS);
                return options.watched(loop, meter, (long) rate * seconds);
            }
        });
    }
}
