package io.sluice.system.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Apache ZooKeeper on its own in a process, an ensemble of one that no broker runs. It can be killed and started again on
 * the same data and port. Owned by one test thread.
 */
public final class ZooKeeperProcess implements AutoCloseable {
    /** Sessions last two to twenty of these. */
    private static final int TICK_MS = 1_000;

    private static final long READY_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Path folder = Folders.scratch("zookeeper");
    private final int port = Ports.free();
    private final int tickMs;
    private Process process;

    private ZooKeeperProcess(int tickMs) {
        this.tickMs = tickMs;
        process = launch();
    }

    /** Starts it; returns when it accepts connections. */
    public static ZooKeeperProcess start() {
        return start(TICK_MS);
    }

    /** The same, for sessions of two to twenty times {@code tickMs}. */
    public static ZooKeeperProcess start(int tickMs) {
        ZooKeeperProcess started = new ZooKeeperProcess(tickMs);
        started.awaitListening();
        return started;
    }

    public String address() {
        return "127.0.0.1:" + port;
    }

    /** kill -9, and waits for the process to be gone. */
    public void kill() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public void restart() {
        process = launch();
        awaitListening();
    }

    private Process launch() {
        try {
            return new ProcessBuilder(List.of(
                            ClassPath.java(),
                            "-Xmx128m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-Dzookeeper.admin.enableServer=false",
                            "-Dzookeeper.jmx.log4j.disable=true",
                            "-cp",
                            ClassPath.sluice(),
                            "org.apache.zookeeper.server.ZooKeeperServerMain",
                            Integer.toString(port),
                            folder.resolve("data").toString(),
                            Integer.toString(tickMs)))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("zookeeper.log").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitListening() {
        long deadline = System.nanoTime() + READY_WITHIN_NANOS;
        while (!listens()) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException("ZooKeeper does not listen, see " + folder.resolve("zookeeper.log"));
            }
            try {
                TimeUnit.MILLISECONDS.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Kills it and deletes its folder. */
    @Override
    public void close() {
        kill();
        if (!Boolean.getBoolean("sluice.keep")) {
            Folders.delete(folder);
        }
    }
}
