package io.sluice.cluster;

import io.sluice.base.EpochChain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Takes this node's place in the cluster during one session: registers it and stands for controller. Every step first
 * looks what is there, so after a lost answer the whole is simply done again (R19). Runs on the control loop.
 */
final class Membership {
    private static final int MAX_PAST_SESSIONS = 16;

    private final CoordinationStore store;
    private final NodeIdentity identity;
    /**
     * The latest registration of this process. What carries our directory and is older was left by a process that is
     * dead, and may be replaced; what is newer shows that this process was replaced, and is left alone.
     */
    private long latestEpoch = Long.MAX_VALUE;

    /** The registrations whose logs this node can show to be whole. */
    private EpochChain proven = EpochChain.NONE;

    private boolean candidate = true;
    private Optional<SessionKey> session = Optional.empty();
    /** Sessions that are over for this node, though the store may not have found out yet; by id, the oldest first. */
    private final Map<Long, SessionKey> pastSessions = new LinkedHashMap<>();

    /** In which session a node's watch was set that has not fired yet, by path. */
    private final Map<String, Long> watched = new TreeMap<>();

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

        /** What this process left in its session before is in the way; with the session ended it is gone. */
        record OwnPast(SessionKey session) implements Standing {}

        /**
         * Another broker is controller.
         *
         * @param controllerEpoch as {@code /controller} says it
         * @param electedBy the creation id of {@code /controller}
         */
        record Following(long brokerEpoch, int controllerId, int controllerEpoch, long electedBy) implements Standing {}
    }

    /**
     * Before the first attempt: this process has the logs of these registrations whole (R14). Of its own it knows by
     * itself, as it has lived ever since.
     */
    void proves(EpochChain earlier) {
        proven = earlier;
    }

    /** From now on this node registers, but leaves it to others to be controller. */
    void standsNoMore() {
        candidate = false;
    }

    /** One attempt to register and to be elected. */
    CompletionStage<Standing> attempt(long sessionId, List<Endpoint> endpoints) {
        noteSession();
        CompletionStage<Optional<StoredNode>> registration =
                StateLoader.ifThere(store.get(StorePaths.broker(identity.brokerId())));
        CompletionStage<StoredNode> epoch = store.get(StorePaths.CONTROLLER_EPOCH);
        CompletionStage<Optional<StoredNode>> controller = StateLoader.ifThere(store.get(StorePaths.CONTROLLER));
        return registration.thenCompose(registered -> epoch.thenCompose(fence -> controller.thenCompose(leading -> {
            Optional<Standing> inTheWay = inTheWay(registered, leading, sessionId);
            if (inTheWay.isPresent()) {
                return CompletableFuture.completedStage(inTheWay.get());
            }
            // Both are sent at once: requests of one session are carried out in order.
            CompletionStage<Long> brokerEpoch = register(registered, sessionId, endpoints);
            CompletionStage<Optional<Term>> term = elect(leading, fence, sessionId);
            return brokerEpoch.thenCombine(
                    term, (own, won) -> won.<Standing>map(each -> new Standing.Elected(own, each))
                            .orElseGet(() -> following(own, leading)));
        })));
    }

    /** The registration of the broker that is followed; empty when it is not there. */
    CompletionStage<Optional<BrokerInfo>> registrationOf(int brokerId) {
        return StateLoader.ifThere(store.get(StorePaths.broker(brokerId)))
                .thenApply(node -> node.map(found -> StateLoader.broker(brokerId, found)));
    }

    /** Calls {@code watch} once when the controller's node changes or goes; false when it is gone already. */
    CompletionStage<Boolean> watchController(long sessionId, Runnable watch) {
        return watch(StorePaths.CONTROLLER, sessionId, watch);
    }

    /** Calls {@code watch} once when this node's registration changes or goes; false when it is gone already. */
    CompletionStage<Boolean> watchRegistration(long sessionId, Runnable watch) {
        return watch(StorePaths.broker(identity.brokerId()), sessionId, watch);
    }

    /** However often a node is looked at, one watch waits on it. */
    private CompletionStage<Boolean> watch(String path, long sessionId, Runnable watch) {
        Long armed = watched.get(path);
        if (armed != null && armed == sessionId) {
            return StateLoader.ifThere(store.get(path)).thenApply(Optional::isPresent);
        }
        watched.put(path, sessionId);
        CompletionStage<StoredNode> read = store.get(path, () -> {
            watched.remove(path, sessionId);
            watch.run();
        });
        return StateLoader.ifThere(read)
                .whenComplete((node, failure) -> {
                    if (failure != null || node.isEmpty()) {
                        watched.remove(path, sessionId); // without an answer, or a node, there may be no watch
                    }
                })
                .thenApply(Optional::isPresent);
    }

    private void noteSession() {
        Optional<SessionKey> now = store.sessionKey();
        if (session.isPresent()
                && (now.isEmpty() || now.get().id() != session.get().id())) {
            pastSessions.put(session.get().id(), session.get());
            if (pastSessions.size() > MAX_PAST_SESSIONS) {
                pastSessions.remove(pastSessions.keySet().iterator().next());
            }
        }
        session = now;
    }

    private static Standing following(long brokerEpoch, Optional<StoredNode> leading) {
        return leading.<Standing>map(node -> {
                    NodeCodec.ControllerNode controller = NodeCodec.controller(node.data());
                    return new Standing.Following(
                            brokerEpoch,
                            controller.broker(),
                            controller.epoch(),
                            node.stat().createdBy());
                })
                .orElseGet(Standing.Raced::new);
    }

    private Optional<Standing> inTheWay(Optional<StoredNode> registered, Optional<StoredNode> leading, long sessionId) {
        Optional<SessionKey> past = pastSession(registered).or(() -> pastSession(leading));
        if (past.isPresent()) {
            return past.map(Standing.OwnPast::new);
        }
        if (registered.isEmpty() || registered.get().stat().ephemeralOwner() == sessionId) {
            return Optional.empty();
        }
        NodeCodec.Registration other = NodeCodec.registration(registered.get().data());
        if (isOwnPast(other.directory(), registered.get())) {
            return Optional.empty();
        }
        return Optional.of(new Standing.IdTaken(other.endpoints().toString()));
    }

    /** The session of our own past that the node lives with, if it does. */
    private Optional<SessionKey> pastSession(Optional<StoredNode> node) {
        return node.map(found -> pastSessions.get(found.stat().ephemeralOwner()));
    }

    private boolean isOwnPast(String directory, StoredNode node) {
        return directory.equals(identity.directory().toString()) && node.stat().createdBy() < latestEpoch;
    }

    private CompletionStage<Long> register(Optional<StoredNode> registered, long sessionId, List<Endpoint> endpoints) {
        String path = StorePaths.broker(identity.brokerId());
        if (registered.isPresent() && isOurs(registered.get(), sessionId, endpoints)) {
            return CompletableFuture.completedStage(registered(registered.get().stat()));
        }
        // Not in one transaction, as that would not tell the creation id; if the first fails, so does the second.
        registered.ifPresent(found -> store.delete(path, found.stat().version()));
        return store.create(path, registration(endpoints, proven), true).thenApply(this::registered);
    }

    /** Whether the node is what this session registered, perhaps by a request whose answer was lost. */
    private boolean isOurs(StoredNode found, long sessionId, List<Endpoint> endpoints) {
        return found.stat().ephemeralOwner() == sessionId
                && Arrays.equals(
                        found.data(),
                        registration(
                                endpoints, NodeCodec.registration(found.data()).proven()));
    }

    private byte[] registration(List<Endpoint> endpoints, EpochChain proof) {
        return NodeCodec.registration(new NodeCodec.Registration(
                identity.directory().toString(), endpoints, identity.rack(), proof, session, identity.minInSync()));
    }

    private long registered(NodeStat stat) {
        latestEpoch = stat.createdBy();
        proven = proven.then(latestEpoch); // for the next registration: this process will have lived since
        return latestEpoch;
    }

    /** Empty when another broker is controller. */
    private CompletionStage<Optional<Term>> elect(Optional<StoredNode> leading, StoredNode fence, long sessionId) {
        if (!candidate) {
            return CompletableFuture.completedStage(Optional.empty());
        }
        int epoch = Integer.parseInt(NodeCodec.plain(fence.data())) + 1;
        byte[] data = NodeCodec.controller(new NodeCodec.ControllerNode(
                identity.brokerId(), identity.directory().toString(), epoch, session));
        List<StoreOp> ops = new ArrayList<>();
        ops.add(new StoreOp.SetData(
                StorePaths.CONTROLLER_EPOCH,
                NodeCodec.plain(Integer.toString(epoch)),
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
                .thenApply(done -> Optional.of(new Term(epoch, fence.stat().version() + 1)));
    }
}
