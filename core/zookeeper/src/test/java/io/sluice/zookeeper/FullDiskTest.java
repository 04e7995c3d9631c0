package io.sluice.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The disk is full where the server wants to write its log: Linux has a file that is always full. */
@EnabledOnOs(OS.LINUX)
class FullDiskTest {
    @TempDir
    Path folder;

    private final ThreadLoop loop = new ThreadLoop();
    private final CapturedLog log = new CapturedLog();

    @AfterEach
    void stop() {
        loop.close();
        log.close();
    }

    @Test
    void serverSaysOnceThatItsDiskIsFullAndComesBackWithIt() throws Exception {
        try (EmbeddedZooKeeper server = start()) {
            Files.createSymbolicLink(firstLog(), Path.of("/dev/full"));
            EmbeddedServer first = server.server();
            try (ZooKeeper client = LightClient.open(server.connectString(), 5_000, Access.OPEN, event -> {})) {
                Awaitility.await().until(() -> first.health() == EmbeddedServer.Health.FAILED);
                assertThat(first.reason()).contains("No space");
                Awaitility.await().until(() -> !log.lines("is down").isEmpty());

                Files.delete(firstLog());

                Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !log.lines("serves again")
                        .isEmpty());
                assertThat(client.create("/a", new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT))
                        .isEqualTo("/a");
            }
        }
        assertThat(log.lines("is down: free space")).singleElement().asString().contains("No space left on device");
        assertThat(log.lines("serves again")).hasSize(1);
        assertThat(log.lines("is still down")).isEmpty();
        assertThat(log.hasStackTrace()).isFalse();
    }

    private EmbeddedZooKeeper start() throws Exception {
        return EmbeddedZooKeeper.start(new EmbeddedZooKeeper.Options(folder, 0, 500), loop, loop.workers());
    }

    private Path firstLog() {
        return folder.resolve("version-2").resolve("log.1");
    }
}
