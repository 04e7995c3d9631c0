package io.sluice.system.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** While it is open every fsync of one file by a broker fails with EIO. Needs strace. */
public final class FailingFlushes implements AutoCloseable {
    private final Process strace;

    private FailingFlushes(Process strace) {
        this.strace = strace;
    }

    /** Returns once they fail. */
    public static FailingFlushes of(BrokerProcess broker, Path file) throws IOException {
        Path log = broker.spec().folder().resolve("strace.log");
        Process strace = new ProcessBuilder(
                        "strace",
                        "-f",
                        "-p",
                        Long.toString(broker.pid()),
                        "-P",
                        file.toString(),
                        "-e",
                        "trace=fsync,fdatasync",
                        "-e",
                        "inject=fsync,fdatasync:error=EIO")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> Files.readString(log)
                .contains("attached"));
        return new FailingFlushes(strace);
    }

    @Override
    public void close() throws InterruptedException {
        strace.destroy();
        strace.waitFor(10, TimeUnit.SECONDS);
    }
}
