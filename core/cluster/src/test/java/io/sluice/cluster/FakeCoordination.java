package io.sluice.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A model of a ZooKeeper server in memory: the tree with versions and creation ids, sessions with their ephemeral
 * nodes, one-shot watches. Clients are {@link FakeStore}s. One thread; compared with a real server by a test.
 */
public final class FakeCoordination {
    private static final class Node {
        byte[] data;
        final long createdBy;
        final long owner;
        int version;

        Node(byte[] data, long createdBy, long owner) {
            this.data = data;
            this.createdBy = createdBy;
            this.owner = owner;
        }

        NodeStat stat() {
            return new NodeStat(createdBy, version, owner);
        }
    }

    private record WatchKey(String path, boolean children) {}

    private final TreeMap<String, Node> nodes = new TreeMap<>();
    private final Set<Long> sessions = new HashSet<>();
    private final Map<WatchKey, List<Consumer<Void>>> watches = new HashMap<>();
    private long lastTransaction;
    private long lastSession = 100;

    public FakeCoordination() {
        nodes.put("/", new Node(new byte[0], 0, 0));
    }

    public long openSession() {
        sessions.add(++lastSession);
        return lastSession;
    }

    public boolean isAlive(long session) {
        return sessions.contains(session);
    }

    /** What a server does when a session is silent for too long, or says goodbye. */
    public void endSession(long session) {
        if (!sessions.remove(session)) {
            return;
        }
        lastTransaction++;
        List<String> ephemerals = new ArrayList<>();
        nodes.forEach((path, node) -> {
            if (node.owner == session) {
                ephemerals.add(path);
            }
        });
        ephemerals.forEach(this::remove);
    }

    public NodeStat create(String path, byte[] data, long owner) {
        lastTransaction++;
        return createAt(path, data, owner);
    }

    public StoredNode get(String path) {
        Node node = node(path);
        return new StoredNode(node.data, node.stat());
    }

    public NodeStat set(String path, byte[] data, int version) {
        lastTransaction++;
        return setAt(path, data, version);
    }

    public void delete(String path, int version) {
        lastTransaction++;
        deleteAt(path, version);
    }

    public List<String> children(String path) {
        node(path);
        String prefix = path.equals("/") ? "/" : path + "/";
        List<String> names = new ArrayList<>();
        for (String each : nodes.tailMap(prefix, false).keySet()) {
            if (!each.startsWith(prefix)) {
                break;
            }
            if (each.indexOf('/', prefix.length()) < 0) {
                names.add(each.substring(prefix.length()));
            }
        }
        return names;
    }

    /** All or nothing: tried on a copy first. */
    public void multi(List<StoreOp> ops, long session) {
        FakeCoordination trial = copyOfNodes();
        for (int i = 0; i < ops.size(); i++) {
            try {
                trial.apply(ops.get(i), session);
            } catch (StoreException e) {
                throw new StoreException(e.failure(), i, "op " + i + ": " + e.failure());
            }
        }
        lastTransaction++;
        ops.forEach(op -> apply(op, session));
    }

    public void watch(String path, boolean children, Consumer<Void> watch) {
        node(path);
        watches.computeIfAbsent(new WatchKey(path, children), key -> new ArrayList<>())
                .add(watch);
    }

    /** Everything there is, as text, to compare two trees. */
    public Map<String, String> dump() {
        Map<String, String> all = new LinkedHashMap<>();
        nodes.forEach((path, node) -> all.put(path, NodeCodec.plain(node.data) + " v" + node.version));
        return all;
    }

    private void apply(StoreOp op, long session) {
        if (op instanceof StoreOp.Create create) {
            createAt(create.path(), create.data(), create.ephemeral() ? session : 0);
        } else if (op instanceof StoreOp.SetData set) {
            setAt(set.path(), set.data(), set.version());
        } else if (op instanceof StoreOp.Delete delete) {
            deleteAt(delete.path(), delete.version());
        } else if (op instanceof StoreOp.Check check) {
            checkVersion(node(check.path()), check.version(), check.path());
        }
    }

    private NodeStat createAt(String path, byte[] data, long owner) {
        Node parent = node(parentOf(path));
        if (nodes.containsKey(path)) {
            throw new StoreException(StoreFailure.NODE_EXISTS, path);
        }
        if (parent.owner != 0) {
            throw new StoreException(StoreFailure.EPHEMERAL_PARENT, path);
        }
        Node node = new Node(data, lastTransaction, owner);
        nodes.put(path, node);
        fire(parentOf(path), true);
        return node.stat();
    }

    private NodeStat setAt(String path, byte[] data, int version) {
        Node node = node(path);
        checkVersion(node, version, path);
        node.data = data;
        node.version++;
        fire(path, false);
        return node.stat();
    }

    private void deleteAt(String path, int version) {
        checkVersion(node(path), version, path);
        if (!children(path).isEmpty()) {
            throw new StoreException(StoreFailure.NOT_EMPTY, path);
        }
        remove(path);
    }

    private void remove(String path) {
        nodes.remove(path);
        fire(path, false);
        fire(path, true);
        fire(parentOf(path), true);
    }

    private void fire(String path, boolean children) {
        List<Consumer<Void>> fired = watches.remove(new WatchKey(path, children));
        if (fired != null) {
            fired.forEach(watch -> watch.accept(null));
        }
    }

    private Node node(String path) {
        Node node = nodes.get(path);
        if (node == null) {
            throw new StoreException(StoreFailure.NO_NODE, path);
        }
        return node;
    }

    private static void checkVersion(Node node, int version, String path) {
        if (version != StoreOp.ANY_VERSION && version != node.version) {
            throw new StoreException(StoreFailure.BAD_VERSION, path + " is at " + node.version + ", not " + version);
        }
    }

    private static String parentOf(String path) {
        int slash = path.lastIndexOf('/');
        return slash == 0 ? "/" : path.substring(0, slash);
    }

    private FakeCoordination copyOfNodes() {
        FakeCoordination copy = new FakeCoordination();
        nodes.forEach((path, node) -> {
            Node twin = new Node(node.data, node.createdBy, node.owner);
            twin.version = node.version;
            copy.nodes.put(path, twin);
        });
        return copy;
    }
}
