package io.sluice.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.ManualLoop;
import io.sluice.cluster.CoordinationStore;
import io.sluice.cluster.FakeCoordination;
import io.sluice.cluster.FakeStore;
import io.sluice.cluster.NodeStat;
import io.sluice.cluster.SessionKey;
import io.sluice.cluster.StoreException;
import io.sluice.cluster.StoreOp;
import io.sluice.cluster.StoredNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same random operations on the model and on a real ZooKeeper: every answer, every error, every watch and the tree
 * that results must be alike, or what the tests show on the model means nothing.
 */
class StoreDifferentialTest {
    private static final String[] NAMES = {"/a", "/b", "/a/x", "/a/y", "/b/x", "/a/x/deep", "/c"};
    private static final int OPS = 1_500;

    @TempDir
    Path folder;

    private final ThreadLoop loop = new ThreadLoop();
    private final ManualLoop fakeLoop = new ManualLoop();
    private final FakeCoordination fakeServer = new FakeCoordination();
    private EmbeddedZooKeeper server;

    @BeforeEach
    void startServer() throws Exception {
        server = EmbeddedZooKeeper.start(
                EmbeddedZooKeeper.Options.in(folder.resolve("zookeeper")), loop, loop.workers());
    }

    @AfterEach
    void stop() {
        server.close();
        loop.close();
    }

    @Test
    void modelAnswersAsZooKeeperDoes() throws Exception {
        for (long seed = 1; seed <= 4; seed++) {
            runSequence(seed);
        }
    }

    @Test
    void closingASessionRemovesItsEphemeralNodesInBoth() throws Exception {
        Pair first = open();
        Pair second = open();
        first.real.create("/eph", bytes("1"), true).toCompletableFuture().get(10, TimeUnit.SECONDS);
        first.fake.create("/eph", bytes("1"), true);
        AtomicInteger realGone = new AtomicInteger();
        AtomicInteger fakeGone = new AtomicInteger();
        second.both(store -> store.get("/eph", (store == second.real ? realGone : fakeGone)::incrementAndGet));

        first.real.close().toCompletableFuture().get(10, TimeUnit.SECONDS);
        first.fake.close();
        fakeLoop.runAll();

        Awaitility.await().untilAsserted(() -> assertThat(realGone).hasValue(1));
        assertThat(fakeGone).hasValue(1);
        second.both(store -> store.get("/eph"));
        second.real.close();
    }

    @Test
    void endingAnotherSessionTakesItsEphemeralNodesAndIsHeardByItsClientInBoth() throws Exception {
        Pair victim = open();
        Pair killer = open();
        victim.both(store -> store.create("/mine", bytes("1"), true));
        killer.both(store -> store.create("/his", bytes("1"), true));
        AtomicInteger realGone = new AtomicInteger();
        AtomicInteger fakeGone = new AtomicInteger();
        killer.both(store -> store.get("/mine", count(killer, store, realGone, fakeGone)));
        SessionKey real = onLoop(() -> victim.real.sessionKey().orElseThrow());
        SessionKey fake = victim.fake.sessionKey().orElseThrow();

        killer.both(store -> store.endSession(store == killer.real ? real : fake));

        killer.both(store -> store.get("/mine"));
        killer.both(store -> store.get("/his"));
        killer.both(store -> store.endSession(store == killer.real ? real : fake));
        Awaitility.await().untilAsserted(() -> assertThat(realGone).hasValue(1));
        assertThat(fakeGone).hasValue(1);
        Awaitility.await()
                .untilAsserted(() -> assertThat(victim.realHeard.expirations).hasValue(1));
        victim.fake.get("/his");
        fakeLoop.runAll();
        assertThat(victim.fakeHeard.expirations).hasValue(1);
        killer.real.close();
        victim.real.close();
    }

    private <T> T onLoop(Supplier<T> call) throws Exception {
        return CompletableFuture.supplyAsync(call, loop).get(10, TimeUnit.SECONDS);
    }

    private void runSequence(long seed) throws Exception {
        Pair pair = open();
        Random random = new Random(seed);
        AtomicInteger realFired = new AtomicInteger();
        AtomicInteger fakeFired = new AtomicInteger();
        for (int i = 0; i < OPS; i++) {
            String path = NAMES[random.nextInt(NAMES.length)];
            byte[] data = bytes("d" + i);
            int version = random.nextInt(4) - 1;
            boolean ephemeral = random.nextInt(4) == 0;
            List<StoreOp> ops = randomOps(random, i);
            switch (random.nextInt(9)) {
                case 0, 1 -> pair.both(store -> store.create(path, data, ephemeral));
                case 2 -> pair.both(store -> store.set(path, data, version));
                case 3 -> pair.both(store -> store.delete(path, version));
                case 4 -> pair.both(store -> store.get(path, count(pair, store, realFired, fakeFired)));
                case 5 -> pair.both(store -> store.children(path, count(pair, store, realFired, fakeFired)));
                case 6 -> pair.both(store -> store.getAll(List.of(NAMES)));
                default -> pair.both(store -> store.multi(ops));
            }
        }
        pair.both(store -> store.getAll(List.of(NAMES)));
        // Answers and watches come in one order, so by now every watch that was due has fired.
        assertThat(realFired.get()).as("watches fired, seed %d", seed).isEqualTo(fakeFired.get());
        for (String name : List.of("/a/x/deep", "/a/x", "/a/y", "/b/x", "/a", "/b", "/c")) {
            pair.both(store -> store.delete(name, StoreOp.ANY_VERSION));
        }
        pair.real.close().toCompletableFuture().get(10, TimeUnit.SECONDS);
        pair.fake.close();
    }

    private static Runnable count(
            Pair pair, CoordinationStore store, AtomicInteger realFired, AtomicInteger fakeFired) {
        return store == pair.real ? realFired::incrementAndGet : fakeFired::incrementAndGet;
    }

    private static List<StoreOp> randomOps(Random random, int i) {
        List<StoreOp> ops = new ArrayList<>();
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            String path = NAMES[random.nextInt(NAMES.length)];
            int version = random.nextInt(3) - 1;
            ops.add(
                    switch (random.nextInt(4)) {
                        case 0 -> new StoreOp.Create(path, bytes("m" + i), random.nextInt(4) == 0);
                        case 1 -> new StoreOp.SetData(path, bytes("m" + i), version);
                        case 2 -> new StoreOp.Delete(path, version);
                        default -> new StoreOp.Check(path, version);
                    });
        }
        return ops;
    }

    private interface Operation {
        CompletionStage<?> on(CoordinationStore store);
    }

    private final class Pair {
        final ZooKeeperStore real;
        final FakeStore fake;
        final Heard realHeard = new Heard();
        final Heard fakeHeard = new Heard();

        Pair(ZooKeeperStore real, FakeStore fake) {
            this.real = real;
            this.fake = fake;
        }

        void start() throws Exception {
            real.start(realHeard);
            fake.start(fakeHeard);
            fakeLoop.runAll();
            realHeard.session.get(10, TimeUnit.SECONDS);
        }

        void both(Operation operation) throws Exception {
            CompletableFuture<?> realStage = operation.on(real).toCompletableFuture();
            CompletableFuture<?> fakeStage = operation.on(fake).toCompletableFuture();
            fakeLoop.runAll();
            assertThat(describe(fakeStage)).isEqualTo(describe(realStage));
        }
    }

    /** What an answer says, but for ids, which differ between servers. */
    private static String describe(CompletableFuture<?> stage) throws Exception {
        return stage.handle((value, failure) -> failure == null ? text(value) : failed(StoreException.in(failure)))
                .get(10, TimeUnit.SECONDS);
    }

    private static String failed(StoreException e) {
        return e.failure() + " at " + e.failedIndex();
    }

    private static String text(Object value) {
        if (value instanceof StoredNode node) {
            return new String(node.data(), StandardCharsets.UTF_8) + " " + text(node.stat());
        } else if (value instanceof NodeStat stat) {
            return "v" + stat.version() + (stat.ephemeralOwner() == 0 ? "" : " ephemeral");
        } else if (value instanceof List<?> list) {
            return list.stream().map(StoreDifferentialTest::text).toList().toString();
        } else if (value instanceof Optional<?> optional) {
            return optional.map(StoreDifferentialTest::text).orElse("none");
        }
        return String.valueOf(value);
    }

    private Pair open() throws Exception {
        ZooKeeperStore real = new ZooKeeperStore(
                loop, loop.workers(), new ZooKeeperStore.Options(server.connectString() + "/diff", 5_000));
        Pair pair = new Pair(real, new FakeStore(fakeLoop, fakeServer));
        pair.start();
        return pair;
    }

    private static final class Heard implements CoordinationStore.SessionListener {
        final CompletableFuture<Long> session = new CompletableFuture<>();
        final AtomicInteger expirations = new AtomicInteger();

        @Override
        public void connected(long sessionId, boolean fresh) {
            session.complete(sessionId);
        }

        @Override
        public void disconnected() {}

        @Override
        public void expired() {
            expirations.incrementAndGet();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
