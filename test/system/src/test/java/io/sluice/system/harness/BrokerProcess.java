package io.sluice.system.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * One broker in a process of its own. It can be killed and started again on the same data and port.
 * Owned by one test thread; whatever still runs when the tests' JVM ends is killed.
 */
public final class BrokerProcess implements AutoCloseable {
    private static final Duration READY_LIMIT = Duration.ofSeconds(60);
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(BrokerProcess::killTree)));
    }

    private final BrokerSpec spec;
    private Process process;

    private BrokerProcess(BrokerSpec spec) {
        this.spec = spec;
    }

    /** Starts the broker and waits until it answers. */
    public static BrokerProcess start(BrokerSpec spec) {
        BrokerProcess broker = new BrokerProcess(spec);
        broker.launch();
        broker.awaitReady();
        return broker;
    }

    /** Starts the process and returns at once: a node of a cluster is ready only when others are. */
    public static BrokerProcess launched(BrokerSpec spec) {
        BrokerProcess broker = new BrokerProcess(spec);
        broker.launch();
        return broker;
    }

    /** Starts the process again on the same data and port and returns at once. */
    public void relaunch() {
        launch();
    }

    private void launch() {
        try {
            process = new ProcessBuilder(spec.command())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()))
                    .directory(spec.folder().toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        RUNNING.add(process);
    }

    /** Returns when the broker answers a request; fails with its log's end when it dies or takes too long. */
    public void awaitReady() {
        long deadline = System.nanoTime() + READY_LIMIT.toNanos();
        while (!answers()) {
            if (!process.isAlive()) {
                throw new IllegalStateException("the broker ended with status " + process.exitValue() + "\n" + tail());
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the broker is not ready after " + READY_LIMIT + "\n" + tail());
            }
            pauseBriefly();
        }
    }

    private boolean answers() {
        try (RawConnection connection = RawConnection.open(spec.host(), spec.port(), Duration.ofSeconds(5))) {
            return connection.brokerIsRegistered();
        } catch (IOException notYet) {
            return false;
        }
    }

    private static void pauseBriefly() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** kill -9, and waits for the process to be gone. */
    public void kill() {
        killTree(process);
        awaitEnd(Duration.ofSeconds(20));
    }

    /** SIGSTOP: the process stands still and its connections stay open. */
    public void pause() {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        Command.run("", List.of("kill", "-" + name, Long.toString(pid()))).ok();
    }

    /** Where its threads stand, of a process that runs. */
    public String threads() {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        return Command.run("", List.of(jcmd, Long.toString(pid()), "Thread.print"))
                .output();
    }

    /** Asks the broker to end, and kills it if it has not after this long. Returns whether it ended by itself. */
    public boolean stopOrKill(Duration patience) {
        target().destroy();
        try {
            if (process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                RUNNING.remove(process);
                return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        kill();
        return false;
    }

    /** Starts again and kills the broker after this long, ready or not. */
    public void restartAndKill(Duration after) {
        launch();
        try {
            if (process.waitFor(after.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("the broker ended with status " + process.exitValue() + "\n" + tail());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        kill();
    }

    /** Starts again on the same data and port, and waits until ready. */
    public void restart() {
        launch();
        awaitReady();
    }

    public boolean alive() {
        return process.isAlive();
    }

    public String bootstrap() {
        return spec.bootstrap();
    }

    public int port() {
        return spec.port();
    }

    public Path data() {
        return spec.data();
    }

    public BrokerSpec spec() {
        return spec;
    }

    public Path logFile() {
        return spec.folder().resolve("broker.log");
    }

    /** All that the process has printed since it was first started. */
    public String log() {
        try {
            return Files.exists(logFile()) ? Files.readString(logFile()) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process's resident memory in bytes. */
    public long residentBytes() {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(target().pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The JVM itself, which is a child where the command is wrapped. */
    private ProcessHandle target() {
        return process.toHandle().children().findFirst().orElse(process.toHandle());
    }

    public long pid() {
        return target().pid();
    }

    private void awaitEnd(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("the broker does not end\n" + tail());
            }
            RUNNING.remove(process);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void killTree(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private String tail() {
        String log = log();
        return logFile() + ":\n" + log.substring(Math.max(0, log.length() - 4000));
    }

    /** Kills the process if it still runs and deletes its folder. */
    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
        if (!Boolean.getBoolean("sluice.keep")) {
            Folders.delete(spec.folder());
        }
    }
}
