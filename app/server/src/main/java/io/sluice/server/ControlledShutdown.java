package io.sluice.server;

import io.sluice.base.Loop;
import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.Cluster;
import io.sluice.cluster.ClusterImage;
import io.sluice.cluster.Outcome;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.PatientCluster;
import io.sluice.cluster.Refusal;
import io.sluice.cluster.TopicImage;
import io.sluice.cluster.settings.BrokerReplicationSettings;
import io.sluice.cluster.settings.SettingLayers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands over what this broker leads before it stops (R20), so that nobody has to notice first that it is gone. Where a
 * replica on another broker could lead but is not in sync yet, it waits and asks again. Where nobody can decide, since
 * ZooKeeper is away, it does not wait for longer than an election takes. Used by the thread that stops the broker; blocks
 * it, for as long as the settings say at most.
 */
final class ControlledShutdown {
    private static final Logger log = LoggerFactory.getLogger(ControlledShutdown.class);
    /** A controller that does not answer by then has troubles of its own; the others will notice that this broker goes. */
    private static final long ANSWER_TIMEOUT_MS = 5_000;
    /** Longer than a controller, or an ensemble, takes to elect the next one. */
    private static final long ELECTION_MS = PatientCluster.PATIENCE_MS;

    private static final long ASK_AGAIN_MS = 100;

    private final int brokerId;
    private final Cluster cluster;
    private final Loop timer;
    private final boolean enabled;
    private final int attempts;
    private final long backoffMs;

    ControlledShutdown(int brokerId, Cluster cluster, Loop timer, SettingLayers settings) {
        this.brokerId = brokerId;
        this.cluster = cluster;
        this.timer = timer;
        this.enabled = settings.get(BrokerReplicationSettings.CONTROLLED_SHUTDOWN_ENABLE);
        this.attempts = settings.get(BrokerReplicationSettings.CONTROLLED_SHUTDOWN_MAX_RETRIES);
        this.backoffMs = settings.get(BrokerReplicationSettings.CONTROLLED_SHUTDOWN_RETRY_BACKOFF_MS);
    }

    void run() {
        if (!enabled || cluster.brokerEpoch() < 0 || isAlone(cluster.image())) {
            return;
        }
        for (int i = 0; i < attempts; i++) {
            if (i > 0) {
                pause(backoffMs);
            }
            Outcome<Integer> outcome = leavePatiently();
            if (outcome instanceof Outcome.Refused<Integer> refused) {
                log.warn("leaderships could not be handed over: {}", refused.message());
                if (!refused.reason().isRetriable() || nobodyDecides(refused)) {
                    return;
                }
            } else if (countMovable(cluster.image()) == 0) {
                log.info("leaderships handed over, as far as others have replicas");
                return;
            }
        }
        log.warn(
                "stopping while leading {} partitions whose other replicas are not in sync, such as {}: they are offline"
                        + " until this broker is back",
                countMovable(cluster.image()),
                firstMovable(cluster.image()));
    }

    /** Asks until somebody decides, or it is clear that there is not just an election under way. */
    private Outcome<Integer> leavePatiently() {
        long deadline = timer.clock().nanoTime() + TimeUnit.MILLISECONDS.toNanos(ELECTION_MS);
        Outcome<Integer> outcome = leave();
        while (outcome instanceof Outcome.Refused<Integer> refused
                && nobodyDecides(refused)
                && timer.clock().nanoTime() < deadline) {
            pause(ASK_AGAIN_MS);
            outcome = leave();
        }
        return outcome;
    }

    private static boolean nobodyDecides(Outcome.Refused<Integer> refused) {
        return refused.reason() == Refusal.NOT_CONTROLLER || refused.reason() == Refusal.COORDINATION_UNAVAILABLE;
    }

    private Outcome<Integer> leave() {
        return cluster.leaveLeadership()
                .toCompletableFuture()
                .completeOnTimeout(
                        Outcome.refused(
                                Refusal.OUTCOME_UNKNOWN,
                                "the controller did not answer within " + ANSWER_TIMEOUT_MS + " ms"),
                        ANSWER_TIMEOUT_MS,
                        TimeUnit.MILLISECONDS)
                .join();
    }

    private void pause(long ms) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        timer.schedule(ms, () -> over.complete(null));
        over.join();
    }

    private boolean isAlone(ClusterImage image) {
        return image.brokers().values().stream().noneMatch(this::canTakeOver);
    }

    private boolean canTakeOver(BrokerInfo broker) {
        return broker.id() != brokerId && !broker.shuttingDown();
    }

    /** Partitions led here that have a replica on a broker which stays. */
    private long countMovable(ClusterImage image) {
        return image.topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .filter(partition -> isMovable(image, partition))
                .count();
    }

    private String firstMovable(ClusterImage image) {
        for (TopicImage topic : image.topics()) {
            for (int i = 0; i < topic.partitionCount(); i++) {
                if (isMovable(image, topic.partitions().get(i))) {
                    return topic.name() + "-" + i;
                }
            }
        }
        return "none";
    }

    private boolean isMovable(ClusterImage image, PartitionImage partition) {
        return partition.isLedBy(brokerId)
                && partition.replicas().stream()
                        .anyMatch(
                                id -> image.broker(id).filter(this::canTakeOver).isPresent());
    }
}
