package io.sluice.engine;

import io.sluice.base.Loop;
import io.sluice.cluster.IsrChange;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.PartitionImage;
import io.sluice.log.BatchValidator;
import io.sluice.log.LogFailure;
import io.sluice.log.LogId;
import io.sluice.log.LogPosition;
import io.sluice.log.OffsetOutOfRangeException;
import io.sluice.log.PartitionLog;
import io.sluice.log.Verdict;
import io.sluice.replication.LeaderState;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One partition that this broker holds. Leading, it takes appends, moves the high watermark, acknowledges, and wakes
 * readers; following, its log is fed by a {@link ReplicaFetcher}.
 *
 * <p>Its home loop alone changes it. An append is staged at once and written, together with all others that the same
 * turn of the loop brings, by one task behind them; so the busier the broker, the fewer the writes: see
 * {@link PartitionAppends}. Reading works on what is published and may be done from any thread.
 *
 * <pre>
 *   append → stage → (end of the loop's turn) write → [fsync when flush.messages=1] ┐
 *                                                      fetches of replicas ─────────┴→ high watermark → acks, readers
 *
 *   nobody's ──follow──▶ leading ◀──follow──▶ following ⟲ cut, when the leader's log is another
 * </pre>
 */
public final class Partition {
    private static final Leadership UNDECIDED = new Leadership(false, PartitionImage.NO_LEADER, -1, 0);

    private final PartitionLog log;
    private final ReplicaPorts ports;
    private final WaitingReaders readers = new WaitingReaders();
    private final WaitingReaders replicaReaders = new WaitingReaders();
    private final SafeEnd safe;
    private final PartitionAppends appends;
    private final PartitionReads reads;
    private final FollowerLog followerLog;
    private final ReplicaFetch.Ref ref;

    private volatile PartitionConfig config;
    private volatile Leadership leadership = UNDECIDED;
    private volatile LogPosition highWatermark;
    /** Null unless this broker leads. */
    private volatile @Nullable LeaderRole leader;

    /** Whether this broker, while it follows, is in sync as far as it knows. */
    private boolean followsInSync;

    private boolean closed;
    /** Whether the log is being cut; what is decided meanwhile waits. */
    private boolean cutting;

    private @Nullable PartitionImage decidedMeanwhile;

    /** Takes over a log that nobody else uses. Serves from {@link #follow} on. */
    Partition(PartitionLog log, PartitionConfig config, ReplicaPorts ports) {
        this.log = log;
        this.config = config;
        this.ports = ports;
        this.safe = new SafeEnd(log, config.flushBeforeAck(), new OnSafe());
        this.appends = new PartitionAppends(this, log, safe);
        this.reads = new PartitionReads(this, log);
        this.followerLog = new FollowerLog(this, log, safe);
        this.ref = new ReplicaFetch.Ref(log.id().topicId(), log.id().partition());
        // What was committed at least when the broker last ran; a lone replica learns at once that there is more.
        this.highWatermark = PartitionReads.unlocated(Math.max(log.startOffset(), log.checkpointedHighWatermark()));
        log.highWatermark(highWatermark.offset()); // retention goes on from there, though nothing more may ever come
    }

    public LogId id() {
        return log.id();
    }

    /** The loop on which everything but reading and looking happens. */
    public Loop home() {
        return log.home();
    }

    public PartitionConfig config() {
        return config;
    }

    public Leadership leadership() {
        return leadership;
    }

    /** The log, for what only looks: offsets, epochs, producers, sizes. */
    public PartitionLog log() {
        return log;
    }

    /** The first offset that is not committed; readers see what is below. Any thread. */
    public long highWatermark() {
        return highWatermark.offset();
    }

    public long startOffset() {
        return log.startOffset();
    }

    /** Where the log ends, committed or not. Any thread. */
    public long endOffset() {
        return log.endOffset();
    }

    /** Checks a batch against the topic's rules before it is appended, without touching the partition. Any thread. */
    public Checked check(ByteBuffer batch) {
        Verdict verdict =
                BatchValidator.check(batch, config.rules(), log.home().clock().wallMs());
        if (verdict instanceof Verdict.Refused refused) {
            return new Checked.Refused(AppendErrors.of(refused.reason()), id() + ": " + refused.message());
        }
        return new Checked.Accepted(((Verdict.Accepted) verdict).batch());
    }

    /**
     * Appends a batch that {@link #check} has accepted. On the home loop.
     *
     * @param batch from position to limit; the broker's fields in it are overwritten. It must stay as it is until the
     *     listener is told
     * @param acks when to acknowledge it
     */
    public void append(ByteBuffer batch, AcksWanted acks, AppendListener listener) {
        LeaderRole leading = leader;
        if (leading == null) {
            listener.refused(AppendError.NOT_LEADER, "this broker does not lead " + id());
            return;
        }
        appends.append(leading, batch, acks, listener);
    }

    /** Why what waits for all replicas in sync is given up. On the home loop. */
    String tooLate() {
        LeaderRole leading = leader;
        return id() + ": not all replicas in sync had the records in the time given"
                + (leading == null ? "" : "; in sync are " + leading.state().committedIsr());
    }

    /** More is written, or was to be and failed. On the home loop. */
    void onWritten() {
        replicaReaders.offer(log.endOffset());
        safe.written(config.flushBeforeAck());
    }

    private final class OnSafe implements SafeEnd.Listener {
        /** This broker has everything up to {@code end} as safely as its settings ask. */
        @Override
        public void safeUpTo(LogPosition end) {
            appends.safeUpTo(end.offset());
            LeaderRole leading = leader;
            if (leading != null) {
                leading.localEnd(end);
            }
        }

        @Override
        public void notSafe(LogFailure failure) {
            appends.refuseAll(AppendError.STORAGE_FAILED_AFTER_APPEND, failure.message());
        }
    }

    void onHighWatermark(LogPosition position) {
        boolean moved = position.offset() > highWatermark.offset();
        if (moved || position.offset() == highWatermark.offset()) {
            highWatermark = position;
        }
        if (moved) {
            log.highWatermark(position.offset());
            appends.committedUpTo(position.offset());
            readers.offer(position.offset());
        }
    }

    /** Whether {@link #read} at this offset can do without waiting for a disk. Any thread. */
    public boolean likelyCached(long offset) {
        return log.likelyCached(offset);
    }

    /**
     * Reads committed batches. Any thread; touches the disk only through the page cache, see
     * {@link io.sluice.log.LogSlice#likelyCached}.
     *
     * @param offset of the first record wanted
     * @param maxBytes how much at most
     * @param wholeFirstBatch whether the first batch is given whole even where it is larger
     * @param knownEpoch the leader epoch that the reader knows, -1 when none
     */
    public ReadOutcome read(long offset, int maxBytes, boolean wholeFirstBatch, int knownEpoch) {
        return reads.read(offset, maxBytes, wholeFirstBatch, knownEpoch);
    }

    /** As {@link #read}, yet also where this broker follows, up to what it knows to be committed (KIP-392). */
    public ReadOutcome readAnywhere(long offset, int maxBytes, boolean wholeFirstBatch, int knownEpoch) {
        return reads.readAnywhere(offset, maxBytes, wholeFirstBatch, knownEpoch);
    }

    /**
     * Reads for a replica, up to the end of the log, and counts {@code position} as what that replica has. Any thread; what
     * it tells the leader's state is handed to the home loop.
     *
     * @param brokerId the replica
     * @param brokerEpoch the registration that it fetches under, -1 when it does not say (KIP-903)
     * @param position where its log stands
     * @param wholeFirstBatch whether the first batch is given whole even where it is larger
     */
    public ReadOutcome readForReplica(
            int brokerId, long brokerEpoch, ReplicaFetch.Position position, boolean wholeFirstBatch) {
        return reads.readForReplica(brokerId, brokerEpoch, position, wholeFirstBatch);
    }

    /** Subscribes a waiter of a replica: it is offered the end of the log instead of the high watermark. Any thread. */
    public void subscribeReplica(ReadWaiter waiter) {
        home().run(() -> subscribe(replicaReaders, waiter, log.endOffset()));
    }

    /** The rate that holds for what this replica is given here, if one does (KIP-73). Any thread. */
    public Optional<ReplicationThrottle> throttleOf(int brokerId) {
        LeaderRole leading = leader;
        return leading == null ? Optional.empty() : leading.throttleOf(brokerId);
    }

    /** Whether this broker leads and enough replicas are in sync for acks=all. On the home loop. */
    boolean takesAcksAll() {
        LeaderRole leading = leader;
        return leading != null && leading.state().enoughInSync();
    }

    /** Whether this broker, leading, gives it to replicas that are not in sync at its rate only. Any thread. */
    boolean isThrottledAsLeader() {
        return config.throttled().leading().has(id().partition());
    }

    /** Whether this broker, following, copies it at its rate only. On the home loop. */
    boolean isHeldToRate() {
        return !followsInSync && config.throttled().following().has(id().partition());
    }

    /** What fetches of replicas are held back by is otherwise now. On the home loop. */
    void throttleChanged() {
        if (isThrottledAsLeader()) {
            replicaReaders.offerChange();
        }
    }

    /** Whether a request that knows {@code knownEpoch} must be refused (R8); null when it may go on. */
    public ReadOutcome.@Nullable Refused fence(int knownEpoch) {
        return reads.fence(knownEpoch);
    }

    /** Subscribes a reader; see {@link ReadWaiter}. Any thread. */
    public void subscribe(ReadWaiter waiter) {
        home().run(() -> subscribe(readers, waiter, highWatermark.offset()));
    }

    private void subscribe(WaitingReaders to, ReadWaiter waiter, long readable) {
        to.add(waiter, readable);
        if (leader == null) {
            waiter.offerChange(); // it was lost in between
        }
    }

    /** Ends a subscription. Any thread. */
    public void unsubscribe(ReadWaiter waiter) {
        home().run(() -> {
            if (!readers.remove(waiter)) {
                replicaReaders.remove(waiter);
            }
        });
    }

    /** Whether this broker knows what is committed; a new leader may not for a moment (R5, KIP-207). Any thread. */
    boolean knowsCommitted() {
        LeaderRole leading = leader;
        return leading != null && highWatermark.offset() >= leading.epochStart();
    }

    LogPosition highWatermarkPosition() {
        return highWatermark;
    }

    /** What this broker does as the leader, or null. Any thread. */
    @Nullable
    LeaderRole leaderRole() {
        return leader;
    }

    boolean isLedBy(LeaderRole role) {
        return leader == role;
    }

    /** Monotonic. Any thread. */
    long nowMs() {
        return home().clock().nanoTime() / 1_000_000;
    }

    /** Follows the controller: who leads, in which epoch, and which replicas are in sync. On the home loop. */
    void follow(PartitionImage decided) {
        if (closed || decided.leaderEpoch() < leadership.epoch()) {
            return; // older news than what is known (R23)
        }
        if (cutting) {
            if (decided.leaderEpoch() > leadership.epoch()) {
                decidedMeanwhile = decided;
                ports.roles().idle(this);
            }
            return;
        }
        LeaderRole leading = leader;
        if (!decided.isLedBy(ports.self())) {
            followLeader(decided);
        } else if (leading != null && leading.epoch() == decided.leaderEpoch()) {
            leading.learn(decided);
        } else {
            lead(decided);
        }
    }

    /** Begins a term. Whoever fed the log as a follower's has been stopped by the change of roles on this loop (R9). */
    private void lead(PartitionImage decided) {
        ports.roles().idle(this);
        endTerm(); // what an earlier term's in-sync set allowed counts no more
        appends.settle();
        log.beginEpoch(decided.leaderEpoch());
        LeaderState.Term term = new LeaderState.Term(ports.self(), id(), decided.leaderEpoch(), log.endOffset());
        LeaderState state =
                new LeaderState(term, decided, config.minInSyncReplicas(), safe.end(), highWatermark, nowMs());
        LeaderRole leading = new LeaderRole(this, ports, state, decided.replicas());
        leader = leading;
        publish(leading);
        leading.localEnd(safe.end());
        safe.whenAllSafe(config.flushBeforeAck(), () -> {});
        ports.roles().leading(this);
    }

    private void endTerm() {
        LeaderRole ending = leader;
        leader = null;
        if (ending != null) {
            ending.lowWatermark().end();
        }
    }

    private void publish(LeaderRole leading) {
        int inSync = leading.state().committedIsr().size();
        leadership = new Leadership(true, ports.self(), leading.epoch(), inSync);
    }

    private void followLeader(PartitionImage decided) {
        Leadership before = leadership;
        boolean joins = decided.isr().has(ports.self());
        boolean otherwise = joins != followsInSync;
        followsInSync = joins;
        if (decided.leaderEpoch() == before.epoch() && !before.leading() && decided.leader() == before.leader()) {
            if (otherwise) {
                ports.roles().throttleMayDiffer(this);
            }
            return;
        }
        endTerm();
        leadership = new Leadership(false, decided.leader(), decided.leaderEpoch(), 0);
        if (before.leading()) {
            stopLeading("this broker no longer leads " + id());
        } else {
            readers.offerChange();
        }
        if (decided.isOffline()) {
            ports.roles().idle(this);
        } else {
            ports.roles().following(this);
        }
    }

    /** The committed in-sync set may be another. */
    void onInSync(LeaderRole leading) {
        if (leadership.inSyncReplicas() != leading.state().committedIsr().size()) {
            publish(leading);
        }
        if (!leading.state().enoughInSync()) {
            appends.tooFewInSync(leading);
        }
    }

    /** The log as a follower's; to be used while this broker follows. On the home loop. */
    FollowerLog followerLog() {
        return followerLog;
    }

    /** What replicas call this partition. */
    public ReplicaFetch.Ref ref() {
        return ref;
    }

    /** What a follower knows to be committed; back only where its log is cut. On the home loop. */
    void setHighWatermark(LogPosition position) {
        highWatermark = position;
        log.highWatermark(position.offset());
        readers.offer(position.offset());
    }

    /** While the log is cut nothing may be done with it, so what is decided has to wait. On the home loop. */
    void cutBegins() {
        cutting = true;
    }

    void cutEnds() {
        cutting = false;
        PartitionImage decided = decidedMeanwhile;
        decidedMeanwhile = null;
        if (decided != null) {
            follow(decided);
        }
    }

    /** Removes replicas that lag from the in-sync set, if this broker leads. On the home loop, now and then. */
    void checkLag(long lagMaxMs) {
        LeaderRole leading = leader;
        if (leading != null) {
            leading.checkLag(lagMaxMs);
        }
    }

    /** Whether {@code change} was proposed in the present term and is to be settled. On the home loop. */
    boolean isPending(IsrChange change) {
        LeaderRole leading = leader;
        return leading != null && leading.isPending(change);
    }

    /** See {@link LeaderRole#answered}. On the home loop. */
    boolean isrAnswered(IsrChange change, Outcome<PartitionImage> outcome) {
        LeaderRole leading = leader;
        return leading == null || leading.answered(change, outcome);
    }

    /** Takes on changed settings. On the home loop. */
    void reconfigure(PartitionConfig changed) {
        boolean throttledOtherwise = !changed.throttled().equals(config.throttled());
        config = changed;
        if (throttledOtherwise) {
            replicaReaders.offerChange();
            ports.roles().throttleMayDiffer(this);
        }
        log.reconfigure(changed.log());
        LeaderRole leading = leader;
        if (leading != null) {
            leading.minInSync(changed.minInSyncReplicas());
        }
    }

    /**
     * Moves the log's start, as DeleteRecords asks; never beyond the high watermark. On the home loop.
     *
     * @return see {@link PartitionLog#deleteRecordsBefore}
     */
    CompletionStage<Void> deleteRecordsBefore(long offset) throws OffsetOutOfRangeException {
        if (offset > highWatermark.offset()) {
            throw new OffsetOutOfRangeException(id(), offset, log.startOffset(), highWatermark.offset());
        }
        return log.deleteRecordsBefore(offset);
    }

    /** Stops serving: what is pending is refused, readers are woken to hear of it. On the home loop. */
    void close(String why) {
        boolean led = leadership.leading();
        closed = true;
        endTerm();
        leadership = new Leadership(false, PartitionImage.NO_LEADER, leadership.epoch(), 0);
        if (led) {
            stopLeading(why);
        } else {
            readers.offerChange();
        }
        ports.roles().idle(this);
    }

    /** Nothing is acknowledged any more; what is staged is written all the same, so that the log has one end. */
    private void stopLeading(String why) {
        ports.roles().notLeading(this);
        appends.refuseAll(AppendError.LOST_LEADERSHIP_AFTER_APPEND, why);
        readers.offerChange();
        replicaReaders.offerChange();
        appends.settle();
    }
}
