package io.sluice.testkit;

import io.sluice.server.SluiceServer;
import io.sluice.server.StartupException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/**
 * A broker that runs inside this JVM on a free port of 127.0.0.1, with its data in a temporary folder that goes away when
 * the broker is closed. It is the broker that {@code sluice server} runs, not an imitation: any Kafka client can use it.
 *
 * <pre>{@code
 * try (SluiceBroker broker = SluiceBroker.start()) {
 *     broker.createTopic("orders", 3);
 *     properties.put("bootstrap.servers", broker.bootstrapServers());
 * }
 * }</pre>
 *
 * <p>Methods may be called from any thread, one at a time.
 */
public final class SluiceBroker implements AutoCloseable {
    /** What a test wants other than a server: a free port, few internal partitions, groups that form at once. */
    private static final Map<String, String> TEST_DEFAULTS = Map.of(
            "listeners", "PLAINTEXT://127.0.0.1:0",
            "offsets.topic.num.partitions", "4",
            "group.initial.rebalance.delay.ms", "0");

    private final Map<String, String> settings;
    private final Optional<Path> temporaryData;
    private SluiceServer server;
    private boolean running;

    private SluiceBroker(Map<String, String> settings, Optional<Path> temporaryData) {
        this.settings = settings;
        this.temporaryData = temporaryData;
        this.server = serve(settings);
        this.running = true;
        // A restart must come back where its clients look for it.
        settings.put("listeners", "PLAINTEXT://127.0.0.1:" + port());
    }

    /** Starts a broker with the settings of a test; returns once it serves. */
    public static SluiceBroker start() {
        return start(Map.of());
    }

    /**
     * Starts a broker; returns once it serves.
     *
     * @param settings a server's settings by their names, such as {@code num.partitions}; they win over those of a test.
     *     With {@code log.dirs} the data lies there and stays when the broker is closed.
     * @throws IllegalStateException when it cannot start; the message says why
     */
    public static SluiceBroker start(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(TEST_DEFAULTS);
        Optional<Path> temporary = Optional.empty();
        if (!settings.containsKey("log.dirs") && !settings.containsKey("log.dir")) {
            Path data = TemporaryFolder.create();
            temporary = Optional.of(data);
            all.put("log.dirs", data.toString());
        }
        all.putAll(settings);
        try {
            return new SluiceBroker(all, temporary);
        } catch (RuntimeException e) {
            temporary.ifPresent(TemporaryFolder::delete);
            throw e;
        }
    }

    /** What a Kafka client takes as {@code bootstrap.servers}. The same before and after a restart. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port();
    }

    public int port() {
        return server.endpoints().get(0).port();
    }

    /** The folders that the data lies in. */
    public List<Path> dataFolders() {
        return server.dataFolders();
    }

    /** Creates a topic; returns once it can be written to and read. */
    public void createTopic(String name, int partitions) {
        createTopic(name, partitions, Map.of());
    }

    /** Creates a topic with settings such as {@code retention.ms}; returns once it can be written to and read. */
    public void createTopic(String name, int partitions, Map<String, String> topicSettings) {
        NewTopic topic = new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(topicSettings);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot create topic " + name + ": " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while topic " + name + " was created", e);
        }
    }

    /** Stops the broker cleanly and starts it again with the same data on the same port. */
    public void restart() {
        stop();
        resume();
    }

    /** Stops the broker as a killed process would, flushing nothing, and starts it again with the same data and port. */
    public void crashAndRestart() {
        server.crash();
        running = false;
        resume();
    }

    /** Stops the broker cleanly; {@link #restart} brings it back. */
    public void stop() {
        if (running) {
            running = false;
            server.close();
        }
    }

    /** Stops the broker and deletes its data, if they lay in a temporary folder. */
    @Override
    public void close() {
        stop();
        temporaryData.ifPresent(TemporaryFolder::delete);
    }

    private void resume() {
        server = serve(settings);
        running = true;
    }

    private static SluiceServer serve(Map<String, String> settings) {
        try {
            return SluiceServer.start(settings);
        } catch (StartupException e) {
            throw new IllegalStateException("Sluice cannot start: " + e.getMessage(), e);
        }
    }

    /** Makes and deletes the folders of brokers that keep nothing. */
    private static final class TemporaryFolder {
        static Path create() {
            try {
                return Files.createTempDirectory("sluice-test-");
            } catch (IOException e) {
                throw new UncheckedIOException("cannot make a temporary folder for the broker's data", e);
            }
        }

        static void delete(Path folder) {
            try (var files = Files.walk(folder)) {
                for (Path file :
                        files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException("cannot delete the broker's data in " + folder, e);
            }
        }
    }
}
