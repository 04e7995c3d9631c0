package io.sluice.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Takes this node's place in the cluster during one session: registers it and stands for controller. Every step first
 * looks what is there, so after a lost answer the whole is simply done again (R19). Runs on the control loop.
 */
final class Membership {
    private final CoordinationStore store;
    private final NodeIdentity identity;
    /**
     * The latest registration of this process. What carries our directory and is older was left by a process that is
     * dead, and may be replaced; what is newer shows that this process was replaced, and is left alone.
     */
    private long latestEpoch = Long.MAX_VALUE;

    Membership(CoordinationStore store, NodeIdentity identity) {
        this.store = store;
        this.identity = identity;
    }

    /** Where the node stands after an attempt. */
    sealed interface Standing {
        /** Registered under this epoch, and controller for this term. */
        record Elected(long brokerEpoch, Term term) implements Standing {}

        /** Somebody else was faster; look again. */
        record Raced() implements Standing {}

        /** A registration of another process with our id is in the way. */
        record IdTaken(String byWhom) implements Standing {}

        /** Another broker is controller. */
        record Following(long brokerEpoch, int controllerId) implements Standing {}
    }

    /** One attempt to register and to be elected. */
    CompletionStage<Standing> attempt(long sessionId, List<Endpoint> endpoints) {
        String broker = StorePaths.broker(identity.brokerId());
        CompletionStage<Optional<StoredNode>> registration = StateLoader.ifThere(store.get(broker));
        CompletionStage<StoredNode> epoch = store.get(StorePaths.CONTROLLER_EPOCH);
        CompletionStage<Optional<StoredNode>> controller = StateLoader.ifThere(store.get(StorePaths.CONTROLLER));
        return registration.thenCompose(registered -> epoch.thenCompose(fence -> controller.thenCompose(leading -> {
            Optional<Standing> taken = idTaken(registered, sessionId);
            if (taken.isPresent()) {
                return CompletableFuture.completedStage(taken.get());
            }
            // Both are sent at once: requests of one session are carried out in order.
            CompletionStage<Long> brokerEpoch = register(registered, sessionId, endpoints);
            CompletionStage<Optional<Term>> term = elect(leading, fence, sessionId);
            return brokerEpoch.thenCombine(
                    term, (own, won) -> won.<Standing>map(each -> new Standing.Elected(own, each))
                            .orElseGet(() -> following(own, leading)));
        })));
    }

    /** Calls {@code watch} once when the controller's node goes; false when it is gone already. */
    CompletionStage<Boolean> watchController(Runnable watch) {
        return StateLoader.ifThere(store.get(StorePaths.CONTROLLER, watch)).thenApply(Optional::isPresent);
    }

    private static Standing following(long brokerEpoch, Optional<StoredNode> leading) {
        return leading.<Standing>map(node -> new Standing.Following(
                        brokerEpoch, NodeCodec.controller(node.data()).broker()))
                .orElseGet(Standing.Raced::new);
    }

    private Optional<Standing> idTaken(Optional<StoredNode> registered, long sessionId) {
        if (registered.isEmpty() || registered.get().stat().ephemeralOwner() == sessionId) {
            return Optional.empty();
        }
        NodeCodec.Registration other = NodeCodec.registration(registered.get().data());
        if (isOwnPast(other.directory(), registered.get())) {
            return Optional.empty();
        }
        return Optional.of(new Standing.IdTaken(other.endpoints().toString()));
    }

    private long registered(NodeStat stat) {
        latestEpoch = stat.createdBy();
        return latestEpoch;
    }

    private boolean isOwnPast(String directory, StoredNode node) {
        return directory.equals(identity.directory().toString()) && node.stat().createdBy() < latestEpoch;
    }

    private CompletionStage<Long> register(Optional<StoredNode> registered, long sessionId, List<Endpoint> endpoints) {
        String path = StorePaths.broker(identity.brokerId());
        byte[] data = NodeCodec.registration(new NodeCodec.Registration(
                identity.directory().toString(), endpoints, identity.rack(), OptionalLong.empty()));
        if (registered.isEmpty()) {
            return store.create(path, data, true).thenApply(this::registered);
        }
        StoredNode found = registered.get();
        if (found.stat().ephemeralOwner() == sessionId && java.util.Arrays.equals(found.data(), data)) {
            return CompletableFuture.completedStage(found.stat().createdBy());
        }
        // Not in one transaction, as that would not tell the creation id; if the first fails, so does the second.
        store.delete(path, found.stat().version());
        return store.create(path, data, true).thenApply(this::registered);
    }

    /** Empty when another broker is controller. */
    private CompletionStage<Optional<Term>> elect(Optional<StoredNode> leading, StoredNode fence, long sessionId) {
        int epoch = Integer.parseInt(NodeCodec.plain(fence.data()));
        byte[] data = NodeCodec.controller(new NodeCodec.ControllerNode(
                identity.brokerId(), identity.directory().toString()));
        List<StoreOp> ops = new ArrayList<>();
        ops.add(new StoreOp.SetData(
                StorePaths.CONTROLLER_EPOCH,
                NodeCodec.plain(Integer.toString(epoch + 1)),
                fence.stat().version()));
        if (leading.isPresent()) {
            StoredNode node = leading.get();
            boolean ownSession = node.stat().ephemeralOwner() == sessionId;
            boolean ownPast = isOwnPast(NodeCodec.controller(node.data()).directory(), node);
            if (!ownSession && !ownPast) {
                return CompletableFuture.completedStage(Optional.empty());
            }
            // Our own node, of this session or of a dead process: replaced in the same transaction, for a new term.
            ops.add(new StoreOp.Delete(StorePaths.CONTROLLER, node.stat().version()));
        }
        ops.add(new StoreOp.Create(StorePaths.CONTROLLER, data, true));
        return store.multi(ops)
                .thenApply(done -> Optional.of(new Term(epoch + 1, fence.stat().version() + 1)));
    }
}
