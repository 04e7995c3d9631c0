package io.sluice.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One running broker process: started, watched through /proc, stopped with SIGTERM or SIGKILL. Used by one thread; the
 * {@link Workspace} ends it if nobody else did.
 */
final class Broker implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration STOP_LIMIT = Duration.ofMinutes(2);
    private static final int TAIL_LINES = 15;

    private final Peer.Installation installation;
    private final Process process;
    private final Path output;
    private final long startedNanos;

    private Broker(Peer.Installation installation, Process process, Path output, long startedNanos) {
        this.installation = installation;
        this.process = process;
        this.output = output;
        this.startedNanos = startedNanos;
    }

    /** Spawns the process and returns at once. */
    static Broker spawn(Workspace workspace, Peer.Installation installation) throws IOException {
        Path output = Files.createTempFile(installation.folder(), "output-", ".txt");
        ProcessBuilder builder = new ProcessBuilder(installation.command())
                .directory(installation.folder().toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        builder.environment().putAll(installation.environment());
        long now = System.nanoTime();
        return new Broker(installation, workspace.start(builder), output, now);
    }

    /** Returns when the broker answers a Kafka client; one that is still starting may take a connection and drop it. */
    void awaitAnswer() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            try (Wire wire = connect()) {
                wire.apiVersions();
                return;
            } catch (IOException dropped) {
                requireAlive();
                if (System.nanoTime() > deadline) {
                    throw dropped;
                }
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
    }

    /** Connects as soon as the port is open; fails when the process ends first, with the last lines that it printed. */
    Wire connect() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            try {
                return Wire.connect(address());
            } catch (IOException notYet) {
                requireAlive();
                if (System.nanoTime() > deadline) {
                    throw new BenchException(
                            installation.name() + " opened no port within " + START_LIMIT.toMinutes() + " minutes\n"
                                    + outputTail(),
                            notYet);
                }
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
    }

    void requireAlive() {
        if (!process.isAlive()) {
            throw new BenchException(
                    installation.name() + " ended with exit code " + process.exitValue() + ":\n" + outputTail());
        }
    }

    InetSocketAddress address() {
        return new InetSocketAddress("127.0.0.1", installation.port());
    }

    String bootstrap() {
        return "127.0.0.1:" + installation.port();
    }

    String name() {
        return installation.name();
    }

    /** {@link System#nanoTime} just before the process was spawned. */
    long startedNanos() {
        return startedNanos;
    }

    ProcessUsage usage() throws IOException {
        return ProcessUsage.of(javaPid());
    }

    MemoryShare memoryShare() throws IOException {
        return MemoryShare.of(javaPid());
    }

    /** The JVM itself: a launcher script may have started it as a child instead of becoming it. */
    long javaPid() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .filter(handle -> isJava(handle.pid()))
                .mapToLong(ProcessHandle::pid)
                .findFirst()
                .orElseThrow(() -> new BenchException(installation.name() + " runs no JVM:\n" + outputTail()));
    }

    private static boolean isJava(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "comm"))
                    .trim()
                    .equals("java");
        } catch (IOException gone) {
            return false;
        }
    }

    /** SIGTERM, and waits for the end. */
    void terminate() throws InterruptedException {
        List<ProcessHandle> all = family();
        all.forEach(ProcessHandle::destroy);
        if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            throw new BenchException(installation.name() + " did not stop within " + STOP_LIMIT.toSeconds()
                    + " s of SIGTERM\n" + outputTail());
        }
        all.forEach(handle -> handle.onExit().join());
    }

    /** SIGKILL, and waits for the end. */
    void kill() {
        List<ProcessHandle> all = family();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(handle -> handle.onExit().join());
    }

    private List<ProcessHandle> family() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
    }

    @Override
    public void close() {
        kill();
    }

    /** The last lines that it printed. */
    String outputTail() {
        try {
            List<String> lines = Files.readAllLines(output);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(its output cannot be read: " + e.getMessage() + ")";
        }
    }
}
