package io.sluice.engine;

import io.sluice.base.Loops;
import io.sluice.base.ManualLoop;
import io.sluice.base.SeededEntropy;
import io.sluice.log.BatchHeader;
import io.sluice.log.Batches;
import io.sluice.log.LoadProgress;
import io.sluice.log.LogException;
import io.sluice.log.LogStore;
import io.sluice.log.MemoryDisk;
import io.sluice.log.PartitionLog;
import io.sluice.log.StoreConfig;
import io.sluice.log.StoreException;
import io.sluice.log.StoreFixture;
import io.sluice.log.StoreIdentity;
import io.sluice.log.StoreListener;
import io.sluice.log.StorePorts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Several engines on one hand-driven loop, with a controller by hand and links in memory. */
public final class EngineCluster {
    /** One process of a broker. */
    private record Node(MemoryDisk disk, LogStore store, Engine engine) {}

    public final ManualLoop loop = new ManualLoop();
    public final HandMadeController controller = new HandMadeController(loop);
    public final MemoryReplicaLinks links = new MemoryReplicaLinks();
    private final Map<Integer, Node> nodes = new TreeMap<>();
    private final Map<String, String> settings;

    public EngineCluster(Map<String, String> settings, int... brokers) {
        this.settings = settings;
        for (int broker : brokers) {
            start(broker, new MemoryDisk());
        }
    }

    /** Starts a broker's process on this disk and registers it. */
    public void start(int broker, MemoryDisk disk) {
        try {
            Loops loops = new Loops(List.of(loop));
            LogStore store = LogStore.open(
                    StoreConfig.of(List.of(Path.of("/data")), new StoreIdentity("cluster", broker)),
                    new StorePorts(disk, loop.clock(), loops, loop),
                    StoreListener.NONE);
            store.load(LoadProgress.NONE);
            loop.runAll();
            Engine engine = new Engine(
                    new Engine.Options(broker, settings, 64 << 20),
                    controller.connect(broker),
                    links.of(broker),
                    store,
                    new Engine.Ports(loops, loop, loop.clock(), new SeededEntropy(broker)));
            nodes.put(broker, new Node(disk, store, engine));
            engine.start();
            links.serve(broker, engine);
            controller.register(broker);
            loop.runAll();
        } catch (StoreException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The broker flushes and checkpoints from now on, and notes its registration, as a server does. */
    public void keepStore(int broker) {
        LogStore store = node(broker).store();
        store.start();
        long epoch = engine(broker).image().broker(broker).orElseThrow().epoch();
        store.beginEpoch(epoch);
        loop.runAll();
    }

    /** The latest registration of which a broker can show to have everything, by what its last start found. */
    public OptionalLong proven(int broker) {
        return node(broker).store().proven().latest();
    }

    /** Ends a broker's process; what it wrote is in the page cache of the disk that is returned. */
    public MemoryDisk kill(int broker) {
        isolate(broker);
        return node(broker).disk().afterKill();
    }

    /** Turns a broker's power off: what was not forced to disk may be gone. */
    public MemoryDisk powerOff(int broker, long seed) {
        isolate(broker);
        return node(broker).disk().afterPowerLoss(seed);
    }

    private void isolate(int broker) {
        controller.disconnect(broker);
        links.stop(broker);
    }

    private Node node(int broker) {
        Node node = nodes.get(broker);
        if (node == null) {
            throw new IllegalArgumentException("there is no broker " + broker);
        }
        return node;
    }

    public Engine engine(int broker) {
        return node(broker).engine();
    }

    public Partition partition(int broker, String topic, int index) {
        Partition found = engine(broker).partitions().find(topic, index);
        if (found == null) {
            throw new IllegalStateException("broker " + broker + " does not hold " + topic + "-" + index);
        }
        return found;
    }

    /** Has a broker append a batch; the outcome is noted in what is returned, once it is there. */
    public List<String> append(int broker, String topic, int index, boolean allReplicas, String... values) {
        return append(broker, topic, index, allReplicas ? AcksWanted.all(30_000) : AcksWanted.LEADER, values);
    }

    public List<String> append(int broker, String topic, int index, AcksWanted acks, String... values) {
        ByteBuffer batch = Batches.of(1_700_000_000_000L, values);
        List<String> outcome = new ArrayList<>();
        partition(broker, topic, index).append(batch, acks, new AppendListener() {
            @Override
            public void appended(long baseOffset, long appendTimeMs, long logStartOffset) {
                outcome.add("at " + baseOffset);
            }

            @Override
            public void refused(AppendError error, String message) {
                outcome.add(error.name());
            }
        });
        return outcome;
    }

    /** All values in a broker's log. */
    public List<String> values(int broker, String topic, int index) {
        PartitionLog log = partition(broker, topic, index).log();
        try {
            return StoreFixture.readAll(log, log.startOffset(), 1 << 20);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The bytes of a broker's log. */
    public byte[] bytes(int broker, String topic, int index) throws Exception {
        PartitionLog log = partition(broker, topic, index).log();
        ByteBuffer all = ByteBuffer.allocate(1 << 20);
        for (long at = log.startOffset(); at < log.endOffset(); ) {
            int from = all.position();
            try (var slice = log.read(at, 1 << 16, log.endPosition(), true)) {
                slice.readInto(all, 0);
            }
            for (int size; (size = BatchHeader.wholeBatchSize(all, from, all.position())) > 0; from += size) {
                at = BatchHeader.lastOffset(all, from) + 1;
            }
        }
        byte[] bytes = new byte[all.position()];
        all.flip().get(bytes);
        return bytes;
    }

    /** The disk of a broker's process. */
    public MemoryDisk disk(int broker) {
        return node(broker).disk();
    }

    /** Flips a bit of the last record in a broker's log. */
    public void rotLastByte(int broker, String topic, int index) throws IOException {
        MemoryDisk disk = node(broker).disk();
        Path folder = partition(broker, topic, index).log().path();
        Path file = disk.files().stream()
                .filter(each -> each.startsWith(folder) && each.toString().endsWith(".log"))
                .reduce((first, last) -> last)
                .orElseThrow();
        byte[] bytes = disk.bytes(file);
        bytes[bytes.length - 1] ^= 1;
        disk.rot(file, bytes);
    }

    public void advanceMs(long ms) {
        loop.advanceMs(ms);
    }

    /** Closes all stores. */
    public void close() throws LogException {
        nodes.values().forEach(node -> node.store().close());
    }
}
