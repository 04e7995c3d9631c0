package io.sluice.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that have lost their folders: they must not help anybody to forget what was acknowledged. */
class WipedMemberTest {
    private static final int SESSION_MS = 6_000;
    private static final Duration LONGER_THAN_ELECTIONS = Duration.ofSeconds(3);

    @TempDir
    Path folder;

    private final ThreadLoop loop = new ThreadLoop();
    private final CapturedLog log = new CapturedLog();
    private TestEnsemble ensemble;

    @BeforeEach
    void start() throws Exception {
        ensemble = new TestEnsemble(folder, loop);
        ensemble.startAll();
        write(1, "/first");
    }

    @AfterEach
    void stop() {
        ensemble.close();
        loop.close();
        log.close();
    }

    @Test
    void wipedMemberDoesNotElectOneThatMissedWhatItHasForgotten() throws Exception {
        ensemble.stop(1);
        ensemble.awaitServing(2, 3);
        write(2, "/acked-by-2-and-3");
        ensemble.stop(2);
        ensemble.stop(3);
        wipe(3);

        ensemble.start(1);
        ensemble.start(3);

        Awaitility.await().until(() -> !log.lines("has nothing on its disk").isEmpty());
        assertNobodyServes(1, 3);
        ensemble.start(2);
        ensemble.awaitServing(1, 2, 3);
        assertThat(read(1)).contains("first", "acked-by-2-and-3");
        assertThat(read(3)).contains("first", "acked-by-2-and-3");
    }

    @Test
    void wipedMemberVotesAgainOnceItHasGotAllData() throws Exception {
        ensemble.stop(3);
        wipe(3);
        ensemble.start(3);
        ensemble.awaitServing(3);
        ensemble.stop(1);

        ensemble.awaitServing(2, 3);

        write(3, "/second");
        ensemble.stop(2);
        ensemble.start(1);
        ensemble.awaitServing(1, 3);
        assertThat(read(1)).contains("first", "second");
    }

    @Test
    void twoWipedMembersDoNotFoundAnotherEnsembleWhileTheThirdIsThere() throws Exception {
        List.of(1, 2, 3).forEach(ensemble::stop);
        wipe(2);
        wipe(3);

        ensemble.start(1);
        ensemble.start(2);
        ensemble.start(3);

        Awaitility.await().until(() -> log.lines("has nothing on its disk").size() == 2);
        assertNobodyServes(1, 2, 3);
        ensemble.stop(2);
        copyData(1, 2); // what a person does who knows that node 1 has everything
        ensemble.start(2);
        ensemble.awaitServing(1, 2, 3);
        assertThat(read(3)).contains("first");
    }

    private void assertNobodyServes(Integer... ids) {
        Awaitility.await()
                .during(LONGER_THAN_ELECTIONS)
                .atMost(LONGER_THAN_ELECTIONS.multipliedBy(4))
                .until(() -> List.of(ids).stream()
                        .allMatch(id -> ensemble.server(id).health() == EmbeddedServer.Health.WAITS));
    }

    private void wipe(int id) throws IOException {
        try (Stream<Path> files = Files.walk(ensemble.folder(id))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private void copyData(int from, int to) throws IOException {
        Path source = ensemble.folder(from).resolve("version-2");
        Path target = ensemble.folder(to).resolve("version-2");
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private void write(int id, String path) throws Exception {
        try (ZooKeeper client = client(id)) {
            Awaitility.await().atMost(60, TimeUnit.SECONDS).ignoreExceptions().until(() -> {
                try {
                    client.create(
                            path,
                            path.getBytes(StandardCharsets.UTF_8),
                            ZooDefs.Ids.OPEN_ACL_UNSAFE,
                            CreateMode.PERSISTENT);
                } catch (KeeperException.NodeExistsException e) {
                    return true; // by an attempt whose answer was lost
                }
                return true;
            });
        }
    }

    private List<String> read(int id) throws Exception {
        try (ZooKeeper client = client(id)) {
            client.sync("/", (code, path, context) -> {}, null); // answers of one session come in order
            return client.getChildren("/", false);
        }
    }

    private ZooKeeper client(int id) throws Exception {
        ZooKeeper client = new ZooKeeper(ensemble.address(id), SESSION_MS, event -> {});
        Awaitility.await().atMost(60, TimeUnit.SECONDS).until(() -> client.getState() == ZooKeeper.States.CONNECTED);
        return client;
    }
}
