package io.sluice.engine;

import io.sluice.base.Cancellable;
import io.sluice.base.Loop;
import io.sluice.cluster.Cluster;
import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.LostReplica;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.Refusal;
import io.sluice.log.LogFailure;
import io.sluice.log.LogId;
import io.sluice.log.LogStore;
import io.sluice.log.PartitionLog;
import io.sluice.log.StoreListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replicas of this broker whose logs are lost: they were found to be damaged (S2), or their data folder went out of
 * service (R24). The controller takes them out of all that counts on them and has another broker lead; then the damaged
 * ones are begun anew, empty, and follow. Where nobody else can lead they stay as they are, and it is asked again.
 *
 * <p>Owned by one loop; hears of losses on any thread. One request is under way at a time.
 */
final class LostReplicas implements StoreListener {
    private static final Logger LOG = LoggerFactory.getLogger(LostReplicas.class);
    private static final int MOST_AT_ONCE = 1_000;
    private static final long RETRY_FIRST_MS = 100;
    private static final long RETRY_LAST_MS = 5_000;

    /** Begins the logs of partitions anew. */
    @FunctionalInterface
    interface Renewal {
        /**
         * Any thread. Where the partition has told a leader of its log in the epoch meanwhile, it is reported again instead.
         *
         * @param leaderEpoch from which on nothing counts that the partition told a leader before
         */
        void renew(Partition partition, int leaderEpoch);
    }

    private final Loop loop;
    private final int self;
    private final Cluster cluster;
    private final LogStore store;
    private final Partitions partitions;
    private final Renewal renewal;
    private final Set<LogId> lost = new LinkedHashSet<>();
    /** Of which it was logged that they stay as they are. */
    private final Set<LogId> stuck = new LinkedHashSet<>();

    private @Nullable Cancellable timer;
    private boolean underWay;
    private int triesInARow;

    LostReplicas(Loop loop, int self, Cluster cluster, LogStore store, Partitions partitions, Renewal renewal) {
        this.loop = loop;
        this.self = self;
        this.cluster = cluster;
        this.store = store;
        this.partitions = partitions;
        this.renewal = renewal;
    }

    @Override
    public void onCorrupt(LogId id, LogFailure.Corrupt failure) {
        report(List.of(id));
    }

    @Override
    public void onFolderFailed(Path folder, String cause) {
        report(store.logs().stream()
                .filter(log -> store.folderOf(log).equals(folder))
                .map(PartitionLog::id)
                .toList());
    }

    /** Any thread. A partition that is not open yet is reported again when it is. */
    void report(List<LogId> ids) {
        loop.execute(() -> {
            if (lost.addAll(ids)) {
                triesInARow = 0;
                send();
            }
        });
    }

    private void sendIn(long delayMs) {
        stopTimer();
        timer = loop.schedule(delayMs, this::send);
    }

    private void stopTimer() {
        Cancellable running = timer;
        timer = null;
        if (running != null) {
            running.cancel();
        }
    }

    private void send() {
        if (underWay) {
            return; // what came meanwhile follows the answer
        }
        stopTimer();
        ClusterImage image = cluster.image();
        List<Partition> asked = new ArrayList<>();
        List<LostReplica> request = new ArrayList<>();
        lost.removeIf(id -> isLostNoMore(partition(id)));
        stuck.retainAll(lost);
        for (LogId id : lost) {
            Partition partition = partition(id);
            if (partition != null && request.size() < MOST_AT_ONCE && hasOthers(image, id)) {
                asked.add(partition);
                request.add(new LostReplica(
                        id.topicId(), id.partition(), partition.followerLog().toldEpoch()));
            }
        }
        if (request.isEmpty()) {
            askAgain();
            return;
        }
        underWay = true;
        cluster.giveUpReplicas(request)
                .whenComplete((outcomes, failure) -> loop.execute(() -> answered(asked, outcomes)));
    }

    private @Nullable Partition partition(LogId id) {
        Partitions.Topic topic = partitions.topic(id.topicId());
        return topic == null ? null : topic.partition(id.partition());
    }

    private static boolean isLostNoMore(@Nullable Partition partition) {
        return partition == null || partition.log().failure().isEmpty();
    }

    private static boolean hasOthers(ClusterImage image, LogId id) {
        return image.topic(id.topicId())
                .flatMap(topic -> topic.partition(id.partition()))
                .filter(state -> state.replicas().size() > 1)
                .isPresent();
    }

    /** The others may come back, and the controller, too. */
    private void askAgain() {
        if (!lost.isEmpty()) {
            sendIn(Math.min(RETRY_LAST_MS, RETRY_FIRST_MS << Math.min(triesInARow++, 16)));
        }
    }

    private void answered(List<Partition> asked, @Nullable List<Outcome<PartitionImage>> outcomes) {
        underWay = false;
        int before = lost.size();
        for (int i = 0; outcomes != null && i < asked.size(); i++) {
            Partition partition = asked.get(i);
            Outcome<PartitionImage> outcome = outcomes.get(i);
            if (outcome instanceof Outcome.Done<PartitionImage> done) {
                givenUp(partition, done.value());
            } else {
                refused(partition, (Outcome.Refused<PartitionImage>) outcome);
            }
        }
        if (lost.size() < before) {
            triesInARow = 0;
            send();
        } else {
            askAgain();
        }
    }

    private void givenUp(Partition partition, PartitionImage state) {
        lost.remove(partition.id());
        Optional<LogFailure> failure = partition.log().failure();
        LOG.warn(
                "msg=\"replica is given up: its log is lost\" partition={} leader={} isr={} because=\"{}\"",
                partition.id(),
                state.leader(),
                state.isr(),
                failure.map(LogFailure::message).orElse(""));
        if (partition.log().isDamaged() && state.leader() != self) {
            renewal.renew(partition, state.leaderEpoch());
        }
    }

    private void refused(Partition partition, Outcome.Refused<PartitionImage> refused) {
        LogId id = partition.id();
        lost.remove(id);
        if (refused.reason() == Refusal.UNKNOWN_TOPIC_ID
                || refused.reason() == Refusal.UNKNOWN_PARTITION
                || refused.reason() == Refusal.INVALID_REQUEST) {
            return; // it is leaving this broker
        }
        lost.add(id); // behind the others
        if (refused.reason() == Refusal.ELIGIBLE_LEADERS_NOT_AVAILABLE && stuck.add(id)) {
            LOG.error(
                    "msg=\"replica stays as it is: its log is lost, and no other replica can take over\" partition={}"
                            + " because=\"{}\" controller=\"{}\" todo=\"start the brokers of the other replicas\"",
                    id,
                    partition.log().failure().map(LogFailure::message).orElse(""),
                    refused.message());
        }
    }
}
