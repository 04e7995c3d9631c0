package io.sluice.engine;

import io.sluice.base.Loop;
import io.sluice.cluster.BrokerInfo;
import io.sluice.engine.Followed.Phase;
import io.sluice.engine.FollowerLog.Taken;
import io.sluice.log.EpochEnd;
import io.sluice.log.LogException;
import io.sluice.log.LogFailure;
import io.sluice.replication.FollowerState.Repair;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds the partitions of one loop that one other broker leads: one fetch after another over one link, each telling the
 * leader only of what is different since the last. Owned by that loop, as are the partitions, so what comes is appended
 * where it arrives, and a partition that takes another role is out of here before its next append (R9).
 *
 * <pre>
 *   add ──▶ BUSY ──log in order──▶ READY ──fetched──▶ READY │ BUSY │ RESTING │ HELD     (see Followed.Phase)
 *             ▲                     ▲                           │        │       │
 *             └─────────────────────┴───────────────────────────┴────────┴───────┘
 * </pre>
 *
 * <p>A partition that is not READY is left out of the fetch. The next fetch goes out when all that the last one brought is
 * as safe as its topic asks, since the position in it says so to the leader; but not more than {@link #SETTLE_MAX_MS}
 * later, so that one slow disk does not hold up the others.
 */
final class ReplicaFetcher {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaFetcher.class);
    private static final long SETTLE_MAX_MS = 50;
    /** A fetch that is out for longer has found nothing and waits; it is given up for a partition that is new. */
    private static final long WAITING_AFTER_MS = 10;

    /** Partitions rarely come alone: for so long after one, fetches wait only shortly, so that none has to be given up. */
    private static final long EXPECTING_MS = 1_000;

    private static final int EXPECTING_WAIT_MS = 20;
    private static final long RECONNECT_FIRST_MS = 20;

    /**
     * Who fetches.
     *
     * @param brokerEpoch this broker's registration as of now
     */
    record Follower(int brokerId, LongSupplier brokerEpoch) {}

    private final Loop loop;
    private final ReplicaSettings settings;
    private final Follower self;
    private final ReplicaLinks links;
    private final FollowerThrottle throttle;
    private @Nullable BrokerInfo leader;
    private @Nullable ReplicaLink link;

    private final Map<ReplicaFetch.Ref, Followed> followed = new LinkedHashMap<>();
    /** Those whose entry in the session is to be made, changed or dropped. */
    private final Set<Followed> changed = new LinkedHashSet<>();

    private final Set<ReplicaFetch.Ref> forgotten = new LinkedHashSet<>();
    private int inSession;
    private int busy;
    private int resting;

    /** Counts fetches, so that what belongs to an earlier one is recognised as late. */
    private int round;

    private boolean inFlight;
    /** Whether the fetch in flight may wait for long. */
    private boolean waitsLong;

    private long expectingUntilMs;
    private boolean sendQueued;
    private boolean giveUpQueued;
    private boolean leaveBusyQueued;
    private boolean mayLeaveBusy;
    private int failuresInARow;
    private boolean pausing;
    private boolean closed;

    ReplicaFetcher(Loop loop, HomeReplicas.Setting setting) {
        this.loop = loop;
        this.settings = setting.settings();
        this.self = setting.follower();
        this.links = setting.links();
        this.throttle = new FollowerThrottle(loop, setting.throttles().following(), new Held());
    }

    /** What the throttle lets go on is fetched with the next fetch, what it holds back is left out of it. */
    private final class Held implements FollowerThrottle.Held {
        @Override
        public void hold(Followed each) {
            enter(each, Phase.HELD);
        }

        @Override
        public void release(Followed each) {
            becomeReady(each);
        }
    }

    /** The leading broker as it is registered now; null while it is not. */
    void leaderIs(@Nullable BrokerInfo now) {
        if (closed || (now != null && now.equals(leader))) {
            return;
        }
        leader = now;
        failuresInARow = 0;
        pausing = false;
        startOver();
    }

    /** Begins to feed a partition, as of its present leader epoch. */
    void add(Partition partition) {
        ReplicaFetch.Ref ref = partition.ref();
        boolean told = forgotten.remove(ref);
        inSession += told ? 1 : 0;
        Followed added = new Followed(partition, told);
        followed.put(ref, added);
        throttle.look(added);
        setBusy(added, partition.followerLog().prepare());
        expectingUntilMs = partition.nowMs() + EXPECTING_MS;
        giveUpWaiting();
    }

    /** Ends feeding a partition. */
    void remove(Partition partition) {
        Followed removed = followed.remove(partition.ref());
        if (removed == null) {
            return;
        }
        leave(removed);
        throttle.remove(removed);
        changed.remove(removed);
        if (removed.told) {
            inSession--;
            forgotten.add(partition.ref());
        }
    }

    /** A partition may be held to the rate, or no more. */
    void throttleMayDiffer(Partition partition) {
        Followed each = followed.get(partition.ref());
        if (each != null && throttle.look(each)) {
            giveUpWaiting();
        }
    }

    /** The broker's rate is another. */
    void rateChanged() {
        if (throttle.releaseAll()) {
            giveUpWaiting();
        }
    }

    void close() {
        closed = true;
        followed.clear();
        changed.clear();
        closeLink();
    }

    private boolean isCurrent(Followed each) {
        return !closed && followed.get(each.partition.ref()) == each;
    }

    /** Leaves it out of fetches until the stage is done. */
    private void setBusy(Followed each, CompletionStage<Void> stage) {
        enter(each, Phase.BUSY);
        stage.whenComplete((done, failure) -> loop.run(() -> {
            if (!isCurrent(each) || each.phase != Phase.BUSY) {
                return;
            }
            if (failure == null) {
                becomeReady(each);
            } else if (isPassing(failure)) {
                restShortly(each);
            } else {
                trouble(each, String.valueOf(failure.getMessage()));
            }
        }));
    }

    /** Whether the log is only being put in order, as by a cut of an earlier term that is still under way. */
    private static boolean isPassing(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof LogException refused && refused.failure() instanceof LogFailure.Recovering;
    }

    private void restShortly(Followed each) {
        rest(each, each.state.backOffMs(settings.backoffMs()));
    }

    private void rest(Followed each, long forMs) {
        enter(each, Phase.RESTING);
        loop.schedule(forMs, () -> {
            if (isCurrent(each) && each.phase == Phase.RESTING) {
                setBusy(each, each.partition.followerLog().prepare());
            }
        });
    }

    private void enter(Followed each, Phase phase) {
        leave(each);
        each.phase = phase;
        busy += phase == Phase.BUSY ? 1 : 0;
        resting += phase == Phase.RESTING ? 1 : 0;
        changed.add(each);
    }

    private void leave(Followed each) {
        busy -= each.phase == Phase.BUSY ? 1 : 0;
        resting -= each.phase == Phase.RESTING ? 1 : 0;
        each.phase = Phase.READY;
    }

    private void becomeReady(Followed each) {
        leave(each);
        changed.add(each);
        queueSend();
    }

    private void queueSend() {
        if (!sendQueued && !inFlight && !pausing) {
            sendQueued = true;
            loop.execute(() -> {
                sendQueued = false;
                send();
            });
        }
    }

    /** A fetch that waits at the leader would keep a new partition waiting, too. */
    private void giveUpWaiting() {
        if (!inFlight || !waitsLong || giveUpQueued) {
            return;
        }
        giveUpQueued = true;
        int waiting = round;
        loop.schedule(WAITING_AFTER_MS, () -> {
            giveUpQueued = false;
            if (inFlight && round == waiting && !closed) {
                startOver();
            }
        });
    }

    /** Begins a new session, in which the leader is told of everything. */
    private void startOver() {
        closeLink();
        queueSend();
    }

    private void closeLink() {
        ReplicaLink old = link;
        link = null;
        if (old != null) {
            old.close();
        }
        sessionLost();
    }

    private void sessionLost() {
        round++;
        inFlight = false;
        inSession = 0;
        forgotten.clear();
        for (Followed each : followed.values()) {
            each.told = false;
            changed.add(each);
        }
    }

    private void send() {
        BrokerInfo to = leader;
        if (closed || inFlight || pausing || to == null) {
            return;
        }
        if (busy > 0 && !mayLeaveBusy) {
            leaveBusyLater();
            return;
        }
        throttle.holdBack();
        List<ReplicaFetch.Position> positions = new ArrayList<>();
        for (Followed each : changed) {
            if (each.phase == Phase.READY) {
                inSession += each.told ? 0 : 1;
                each.told = true;
                forgotten.remove(each.partition.ref()); // it rested, and no fetch has gone out since
                each.toldStart = each.partition.startOffset();
                positions.add(each.partition.followerLog().position(settings.maxBytes()));
            } else if (each.told) {
                each.told = false;
                inSession--;
                forgotten.add(each.partition.ref());
            }
        }
        changed.clear();
        if (inSession == 0) {
            return;
        }
        ReplicaLink over = link;
        if (over == null) {
            over = links.open(loop, to);
            link = over;
        }
        inFlight = true;
        mayLeaveBusy = false;
        int asked = ++round;
        over.fetch(
                new ReplicaFetch(
                        self.brokerId(),
                        self.brokerEpoch().getAsLong(),
                        waitMs(),
                        settings.minBytes(),
                        settings.responseMaxBytes(),
                        positions,
                        List.copyOf(forgotten)),
                answer -> take(asked, answer));
        forgotten.clear();
    }

    /** Not long while partitions are about to be ready, or to come. */
    private int waitMs() {
        boolean expecting = loop.clock().nanoTime() / 1_000_000 < expectingUntilMs;
        int longest = expecting ? EXPECTING_WAIT_MS : busy + resting > 0 ? (int) SETTLE_MAX_MS : settings.waitMaxMs();
        int wait = throttle.atMost(Math.min(longest, settings.waitMaxMs()));
        waitsLong = wait > EXPECTING_WAIT_MS;
        return wait;
    }

    private void take(int asked, ReplicaAnswer answer) {
        if (closed || asked != round) {
            return;
        }
        inFlight = false;
        if (answer instanceof ReplicaAnswer.Failed failed) {
            onFailed(failed.why());
            return;
        }
        if (failuresInARow > 0) {
            failuresInARow = 0;
            LOG.info("msg=\"replica fetches go on\" leader={}", leaderId());
        }
        for (ReplicaAnswer.Part part : ((ReplicaAnswer.Fetched) answer).parts()) {
            Followed each = followed.get(part.partition());
            if (each != null && each.told && each.phase == Phase.READY && !changed.contains(each)) {
                take(each, part);
            }
        }
        send();
    }

    private void leaveBusyLater() {
        if (!leaveBusyQueued) {
            leaveBusyQueued = true;
            loop.schedule(SETTLE_MAX_MS, () -> {
                leaveBusyQueued = false;
                mayLeaveBusy = true;
                send();
            });
        }
    }

    private int leaderId() {
        BrokerInfo to = leader;
        return to == null ? -1 : to.id();
    }

    private void onFailed(String why) {
        if (failuresInARow == 0) {
            LOG.warn("msg=\"replica fetch failed, will be sent again\" leader={} why=\"{}\"", leaderId(), why);
        }
        sessionLost();
        pausing = true;
        int failed = round;
        long pauseMs = Math.min(settings.backoffMs(), RECONNECT_FIRST_MS << Math.min(failuresInARow++, 16));
        loop.schedule(pauseMs, () -> {
            if (failed == round && pausing) {
                pausing = false;
                send();
            }
        });
    }

    /** What the leader says of one partition. */
    private void take(Followed each, ReplicaAnswer.Part part) {
        Partition partition = each.partition;
        Optional<ReadError> error = part.error();
        if (error.isPresent()) {
            onError(each, error.get(), part);
            return;
        }
        if (part.diverging().isPresent()) {
            EpochEndOffset end = part.diverging().get();
            repair(
                    each,
                    each.state.onDiverged(
                            new EpochEnd(end.epoch(), end.endOffset()),
                            partition.followerLog().own()));
            return;
        }
        FollowerLog log = partition.followerLog();
        boolean brings = part.records().hasRemaining();
        throttle.count(each, part.records().remaining());
        Taken taken = log.append(part.records(), part.highWatermark(), part.logStartOffset());
        if (taken instanceof Taken.BeginsInside begins) {
            setBusy(each, log.beginWith(begins.batch(), part.highWatermark(), part.logStartOffset()));
        } else if (taken instanceof Taken.Refused refused) {
            if (refused.passing()) {
                restShortly(each);
            } else {
                // A bad batch stops this partition; what is here already is not touched (R10).
                trouble(each, refused.why());
            }
        } else {
            each.state.succeeded();
            each.troubled = false;
            if (brings || partition.startOffset() != each.toldStart) {
                changed.add(each);
                if (!log.isAllSafe()) {
                    setBusy(each, log.whenAllSafe());
                }
            }
        }
    }

    /** The log here does not take what it should; told once, tried again and again. */
    private void trouble(Followed each, String why) {
        if (!each.troubled) {
            each.troubled = true;
            LOG.error(
                    "msg=\"replica stands still\" partition={} leader={} why=\"{}\"",
                    each.partition.id(),
                    leaderId(),
                    why);
        }
        rest(each, settings.backoffMs());
    }

    private void onError(Followed each, ReadError error, ReplicaAnswer.Part part) {
        switch (error) {
            case OFFSET_OUT_OF_RANGE ->
                repair(
                        each,
                        each.state.onOutOfRange(
                                part.logStartOffset(),
                                each.partition.followerLog().own()));
            case FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, NOT_LEADER, OFFSET_NOT_AVAILABLE, TIMED_OUT ->
                restShortly(each);
            case STORAGE_FAILED -> rest(each, settings.backoffMs());
        }
    }

    private void repair(Followed each, Repair repair) {
        if (repair instanceof Repair.Wait) {
            restShortly(each);
        } else {
            setBusy(each, each.partition.followerLog().repair(repair));
        }
    }
}
