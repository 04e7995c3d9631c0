package io.sluice.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cluster.CoordinationStore;
import io.sluice.cluster.SessionKey;
import io.sluice.cluster.StoreException;
import io.sluice.cluster.StoreOp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.zookeeper.server.NettyServerCnxnFactory;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ensembles that do not let just anybody in. */
class AccessTest {
    private static final int SESSION_MS = 6_000;
    private static final String PASSWORD = "changeit";

    @TempDir
    Path folder;

    private final ThreadLoop loop = new ThreadLoop();

    @AfterEach
    void stopLoop() {
        loop.close();
    }

    @Test
    void nodesMadeWithADigestAreForItsOwnersOnly() throws Exception {
        try (EmbeddedZooKeeper server = EmbeddedZooKeeper.start(
                new EmbeddedZooKeeper.Options(folder.resolve("zookeeper"), 0, 500), loop, loop.workers())) {
            ZooKeeperStore owner = store(server.connectString() + "/sluice", digest("sluice:secret"));
            await(owner.create("/a", bytes("mine"), false));
            await(owner.multi(List.of(new StoreOp.Create("/b", bytes("mine too"), false))));

            ZooKeeperStore same = store(server.connectString() + "/sluice", digest("sluice:secret"));
            assertThat(await(same.get("/a")).data()).isEqualTo(bytes("mine"));
            for (Access other : List.of(Access.OPEN, digest("sluice:guessed"))) {
                ZooKeeperStore stranger = store(server.connectString(), other);
                for (String path : List.of("/sluice/a", "/sluice/b")) {
                    assertThatThrownBy(() -> await(stranger.get(path))).hasMessageContaining("NOAUTH");
                    assertThatThrownBy(() -> await(stranger.set(path, bytes("theirs"), StoreOp.ANY_VERSION)))
                            .hasMessageContaining("NOAUTH");
                }
                await(stranger.close());
            }
            await(same.close());
            await(owner.close());
        }
    }

    @Test
    void sessionsAreOpenedAndEndedOverTls() throws Exception {
        Path keys = keyStore("server");
        try (TlsServer server = new TlsServer(folder.resolve("data"), keys)) {
            Access access = tls(trustStore(keys));
            ZooKeeperStore store = store(server.address(), access);
            await(store.create("/a", bytes("x"), false));

            ZooKeeperStore other = store(server.address(), access);
            await(other.create("/gone", bytes("x"), true));
            SessionKey key = call(() -> other.sessionKey().orElseThrow());
            await(store.endSession(key));

            assertThat(await(store.get("/a")).data()).isEqualTo(bytes("x"));
            await(other.close());
            await(store.close());
        }
    }

    @Test
    void serverWhoseCertificateIsNotTrustedIsNotTalkedTo() throws Exception {
        try (TlsServer server = new TlsServer(folder.resolve("data"), keyStore("server"))) {
            ZooKeeperStore store = new ZooKeeperStore(
                    loop,
                    loop.workers(),
                    new ZooKeeperStore.Options(server.address(), SESSION_MS, tls(trustStore(keyStore("other")))));
            Connected connected = new Connected();
            store.start(connected);

            assertThatThrownBy(() -> connected.once.get(3, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            await(store.close());
        }
    }

    @Test
    void secretsAreNotShown() {
        assertThat(digest("sluice:secret").toString()).doesNotContain("secret");
        assertThat(tls(Path.of("keys.p12")).toString()).contains("keys.p12").doesNotContain(PASSWORD);
    }

    private static Access digest(String userAndPassword) {
        return new Access(Optional.of(userAndPassword), Optional.empty());
    }

    private static Access tls(Path trusted) {
        Access.Store trust = new Access.Store(trusted, Optional.of(PASSWORD), Optional.of("PKCS12"));
        return new Access(
                Optional.empty(),
                Optional.of(
                        new Access.Tls(Optional.of(trust), Optional.empty(), "TLSv1.3", List.of(), List.of(), true)));
    }

    /** A key and the certificate that it signed itself, for 127.0.0.1. */
    private Path keyStore(String name) throws Exception {
        Path file = folder.resolve(name + ".p12");
        String command = "-genkeypair -alias server -keyalg EC -validity 2 -dname CN=" + name
                + " -ext SAN=IP:127.0.0.1,DNS:localhost";
        keytool(command, file);
        return file;
    }

    /** What the owner of a key gives to those who are to trust it. */
    private Path trustStore(Path keyStore) throws Exception {
        Path certificate = folder.resolve(keyStore.getFileName() + ".crt");
        Path file = folder.resolve("trusted-" + keyStore.getFileName());
        keytool("-exportcert -alias server -file " + certificate, keyStore);
        keytool("-importcert -noprompt -alias server -file " + certificate, file);
        return file;
    }

    private static void keytool(String command, Path store) throws Exception {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        words.addAll(List.of(command.split(" ")));
        words.addAll(List.of("-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", PASSWORD));
        Process keytool = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
    }

    private ZooKeeperStore store(String connect, Access access) throws Exception {
        ZooKeeperStore store =
                new ZooKeeperStore(loop, loop.workers(), new ZooKeeperStore.Options(connect, SESSION_MS, access));
        Connected connected = new Connected();
        store.start(connected);
        connected.once.get(20, TimeUnit.SECONDS);
        return store;
    }

    private <T> T call(Supplier<T> on) throws Exception {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.execute(() -> answer.complete(on.get()));
        return answer.get(10, TimeUnit.SECONDS);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StoreException failure ? failure : e;
        }
    }

    private static final class Connected implements CoordinationStore.SessionListener {
        private final CompletableFuture<Boolean> once = new CompletableFuture<>();

        @Override
        public void connected(long sessionId, boolean fresh) {
            once.complete(fresh);
        }

        @Override
        public void disconnected() {}

        @Override
        public void expired() {}
    }

    /** ZooKeeper's server with its secure port, as an operator would run it. */
    private static final class TlsServer implements AutoCloseable {
        private static final String KEYS = "zookeeper.ssl.keyStore.location";
        private static final String KEYS_PASSWORD = "zookeeper.ssl.keyStore.password";
        private static final String CLIENT_AUTH = "zookeeper.ssl.clientAuth";

        private final ServerCnxnFactory connections;

        TlsServer(Path data, Path keys) throws IOException, InterruptedException {
            System.setProperty(KEYS, keys.toString());
            System.setProperty(KEYS_PASSWORD, PASSWORD);
            System.setProperty(CLIENT_AUTH, "none");
            System.setProperty(ServerCnxnFactory.ZOOKEEPER_SERVER_CNXN_FACTORY, NettyServerCnxnFactory.class.getName());
            connections = ServerCnxnFactory.createFactory();
            connections.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 60, -1, true);
            connections.startup(new ZooKeeperServer(data.toFile(), data.toFile(), 500));
        }

        String address() {
            return "127.0.0.1:" + connections.getLocalPort();
        }

        @Override
        public void close() {
            connections.shutdown();
            List.of(KEYS, KEYS_PASSWORD, CLIENT_AUTH, ServerCnxnFactory.ZOOKEEPER_SERVER_CNXN_FACTORY)
                    .forEach(System::clearProperty);
        }
    }
}
