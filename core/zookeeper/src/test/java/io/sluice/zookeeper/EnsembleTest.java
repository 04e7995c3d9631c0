package io.sluice.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cluster.CoordinationStore;
import io.sluice.cluster.SessionKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Three servers in one JVM. */
class EnsembleTest {
    private static final Logger LOG = LoggerFactory.getLogger(EnsembleTest.class);
    private static final int SESSION_MS = 6_000;

    @TempDir
    Path folder;

    private final ThreadLoop loop = new ThreadLoop();
    private final CapturedLog log = new CapturedLog();
    private TestEnsemble ensemble;

    @BeforeEach
    void choosePorts() throws IOException {
        ensemble = new TestEnsemble(folder, loop);
    }

    @AfterEach
    void stop() {
        ensemble.close();
        loop.close();
        log.close();
    }

    @Test
    void firstServerStartsAloneSaysWhomItWaitsForAndServesOnceThereIsAMajority() throws Exception {
        ensemble.start(1);
        Awaitility.await().until(() -> !log.lines("waits for other nodes").isEmpty());
        assertThat(ensemble.server(1).health()).isEqualTo(EmbeddedServer.Health.WAITS);
        assertThat(log.lines("waits for other nodes").get(0))
                .contains("node=1", "needs=2 of=3 there=1", "missing=2@127.0.0.1:", ",3@127.0.0.1:");

        ensemble.start(3);

        ensemble.awaitServing(1, 3);
        Awaitility.await().until(() -> log.lines("has its majority node=").size() == 2);
        assertThat(log.hasStackTrace()).isFalse();
    }

    @Test
    void sessionAndItsNodesSurviveTheLossOfTheLeader() throws Exception {
        ensemble.startAll();
        int leader = ensemble.leader();
        try (ZooKeeper client = client(leader)) {
            create(client, "/mine", CreateMode.EPHEMERAL);
            long session = client.getSessionId();

            long from = System.nanoTime();
            ensemble.stop(leader);
            long stopped = System.nanoTime();
            awaitWrite(client, "/after");

            LOG.info(
                    "leader stopped in {} ms, next write {} ms later",
                    Duration.ofNanos(stopped - from).toMillis(),
                    Duration.ofNanos(System.nanoTime() - stopped).toMillis());
            assertThat(client.getSessionId()).isEqualTo(session);
            assertThat(client.exists("/mine", false).getEphemeralOwner()).isEqualTo(session);
        }
    }

    @Test
    void lastServerOfThreeServesNothingAndReturnsByItself() throws Exception {
        ensemble.startAll();
        Awaitility.await().until(() -> log.lines("has its majority node=").size() == 3);
        int last = ensemble.leader();
        try (ZooKeeper client = client(last)) {
            create(client, "/before", CreateMode.PERSISTENT);
            List<Integer> others = List.of(1 + last % 3, 1 + (last + 1) % 3);
            others.forEach(ensemble::stop);

            Awaitility.await().until(() -> ensemble.server(last).health() == EmbeddedServer.Health.WAITS);
            Awaitility.await().until(() -> !log.lines("has no majority").isEmpty());
            assertThat(log.lines("has no majority").get(0)).contains("needs=2 of=3 there=1");
            assertThatThrownBy(() -> client.exists("/before", false)).isInstanceOf(KeeperException.class);

            ensemble.start(others.get(0));

            ensemble.awaitServing(last, others.get(0));
            Awaitility.await().until(() -> !log.lines("has its majority again").isEmpty());
            awaitWrite(client, "/after");
            assertThat(client.exists("/before", false)).isNotNull();
        }
    }

    @Test
    void sessionWhoseServerAndClientAreGoneIsEndedThroughAnotherServer() throws Exception {
        ensemble.startAll();
        int gone = ensemble.leader();
        int other = 1 + gone % 3;
        ZooKeeperStore store = new ZooKeeperStore(
                loop, loop.workers(), new ZooKeeperStore.Options(ensemble.connect(other), SESSION_MS));
        store.start(new SessionLog());
        try (ZooKeeper dead = LightClient.open(ensemble.address(gone), SESSION_MS, Access.OPEN, event -> {});
                ZooKeeper watcher = client(other)) {
            Awaitility.await().until(() -> dead.getState().isConnected());
            create(dead, "/dead", CreateMode.EPHEMERAL);
            SessionKey key = new SessionKey(dead.getSessionId(), dead.getSessionPasswd());
            long from = System.nanoTime();
            ensemble.stop(gone); // and the client knows no other server

            // The watcher's server has lost its leader, too, and lets go of its clients until there is another.
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(10))
                    .ignoreException(KeeperException.ConnectionLossException.class)
                    .until(() -> {
                        store.endSession(key).toCompletableFuture().get(10, TimeUnit.SECONDS);
                        return watcher.exists("/dead", false) == null;
                    });

            LOG.info(
                    "session ended {} ms after its server",
                    Duration.ofNanos(System.nanoTime() - from).toMillis());
            assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofMillis(SESSION_MS));
        } finally {
            store.close().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void leaderWhoseDiskIsFullLeavesTheOthersToServeAndReturnsWithIt() throws Exception {
        ensemble.startAll();
        int leader = ensemble.leader();
        Path firstLog = ensemble.folder(leader).resolve("version-2").resolve("log.100000001");
        Files.createSymbolicLink(firstLog, Path.of("/dev/full"));

        try (ZooKeeper client = LightClient.open(ensemble.connect(leader), SESSION_MS, Access.OPEN, event -> {})) {
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> client.getState()
                    .isConnected());
            Awaitility.await()
                    .until(() -> !log.lines("embedded ZooKeeper is down").isEmpty());
            awaitWrite(client, "/after");
        }

        assertThat(log.lines("embedded ZooKeeper is down"))
                .singleElement()
                .asString()
                .contains("No space left on device", "until then the other nodes' servers must do");
        Files.deleteIfExists(firstLog);
        ensemble.awaitServing(1, 2, 3);
        assertThat(log.hasStackTrace()).isFalse();
    }

    @Test
    void allServersRestartWithWhatTheyHad() throws Exception {
        ensemble.startAll();
        try (ZooKeeper client = client(1)) {
            create(client, "/kept", CreateMode.PERSISTENT);
        }
        ensemble.close();

        ensemble.startAll();

        try (ZooKeeper client = client(2)) {
            assertThat(client.exists("/kept", false)).isNotNull();
        }
    }

    @Test
    void busyPortIsNamedWithItsUse() throws Exception {
        ensemble.start(1);
        int quorumPort = ensemble.server(1).port() - 2;
        ensemble.stop(1);
        try (ServerSocket taken = new ServerSocket(quorumPort + 1, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> ensemble.start(1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " of 127.0.0.1, for its elections")
                    .hasMessageContaining("in use");
        }
    }

    /** A store's listener that is not told what to do. */
    private static final class SessionLog implements CoordinationStore.SessionListener {
        @Override
        public void connected(long sessionId, boolean fresh) {}

        @Override
        public void disconnected() {}

        @Override
        public void expired() {}
    }

    private ZooKeeper client(int firstChoice) throws IOException {
        ZooKeeper client = LightClient.open(ensemble.connect(firstChoice), SESSION_MS, Access.OPEN, event -> {});
        Awaitility.await().until(() -> client.getState().isConnected());
        return client;
    }

    private static void create(ZooKeeper client, String path, CreateMode mode) throws Exception {
        client.create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, mode);
    }

    /** Until a write is answered; one whose answer was lost may have been done. */
    private static void awaitWrite(ZooKeeper client, String path) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    try {
                        create(client, path, CreateMode.PERSISTENT);
                        return true;
                    } catch (KeeperException.ConnectionLossException e) {
                        return false;
                    } catch (KeeperException.NodeExistsException e) {
                        return true;
                    }
                });
    }
}
