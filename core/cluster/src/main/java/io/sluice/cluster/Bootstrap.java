package io.sluice.cluster;

import io.sluice.base.Entropy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Finds the cluster in the coordination store, or founds it there, and checks that the data folder belongs to it. */
final class Bootstrap {
    private final CoordinationStore store;
    private final Entropy entropy;

    Bootstrap(CoordinationStore store, Entropy entropy) {
        this.store = store;
        this.entropy = entropy;
    }

    /**
     * Answers with the cluster's id, or fails with a {@link ClusterStartException}.
     *
     * @param expected the id that the data folder was made for, if it has been used before (S15)
     */
    CompletionStage<String> clusterId(Optional<String> expected) {
        return StateLoader.ifThere(store.get(StorePaths.CLUSTER_ID)).thenCompose(node -> {
            if (node.isPresent()) {
                return CompletableFuture.completedStage(
                        check(NodeCodec.plain(node.get().data()), expected));
            }
            if (expected.isPresent()) {
                throw new ClusterStartException(
                        ClusterStartException.Kind.CLUSTER_ID_MISMATCH,
                        "The data folder belongs to cluster " + expected.get()
                                + ", but ZooKeeper holds no cluster; point zookeeper.connect to the right one, bring its"
                                + " data back, or start with an empty data folder");
            }
            return found();
        });
    }

    private CompletionStage<String> found() {
        String id = newClusterId();
        List<StoreOp> ops = new ArrayList<>();
        StorePaths.PARENTS.forEach(path -> ops.add(new StoreOp.Create(path, new byte[0], false)));
        ops.add(new StoreOp.Create(StorePaths.CONTROLLER_EPOCH, NodeCodec.plain("0"), false));
        ops.add(new StoreOp.Create(StorePaths.PRODUCER_IDS, NodeCodec.producerIds(0), false));
        ops.add(new StoreOp.Create(StorePaths.CLUSTER_ID, NodeCodec.plain(id), false));
        return store.multi(ops).handle((done, failure) -> failure).thenCompose(failure -> {
            if (failure == null) {
                return CompletableFuture.completedStage(id);
            }
            StoreException why = StoreException.in(failure);
            if (why.failure() != StoreFailure.NODE_EXISTS) {
                throw why;
            }
            return afterRace();
        });
    }

    /** Another node was faster, or what is there is not ours. */
    private CompletionStage<String> afterRace() {
        return StateLoader.ifThere(store.get(StorePaths.CLUSTER_ID)).thenApply(node -> {
            if (node.isEmpty()) {
                throw notOurs();
            }
            return check(NodeCodec.plain(node.get().data()), Optional.empty());
        });
    }

    private static String check(String id, Optional<String> expected) {
        if (id.isEmpty() || id.startsWith("{")) {
            throw notOurs();
        }
        if (expected.isPresent() && !expected.get().equals(id)) {
            throw new ClusterStartException(
                    ClusterStartException.Kind.CLUSTER_ID_MISMATCH,
                    "The data folder belongs to cluster " + expected.get() + ", but ZooKeeper holds cluster " + id
                            + "; point zookeeper.connect to the right one or start with an empty data folder");
        }
        return id;
    }

    private static ClusterStartException notOurs() {
        return new ClusterStartException(
                ClusterStartException.Kind.UNKNOWN_CONTENT,
                "ZooKeeper holds something that is not a Sluice cluster; give Sluice a path of its own, as in"
                        + " zookeeper.connect=host:2181/sluice");
    }

    /** Sixteen random bytes as 22 letters, as Kafka's tools know cluster ids. */
    private String newClusterId() {
        UUID random = entropy.nextUuid();
        ByteBuffer bytes = ByteBuffer.allocate(16)
                .putLong(random.getMostSignificantBits())
                .putLong(random.getLeastSignificantBits());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }
}
