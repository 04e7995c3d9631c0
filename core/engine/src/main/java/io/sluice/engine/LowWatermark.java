package io.sluice.engine;

import io.sluice.cluster.BrokerIds;
import io.sluice.engine.PartitionQueries.Found;
import io.sluice.replication.BrokerEpochs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A partition's low watermark: the first offset that all of its live replicas may still have, which is what DeleteRecords
 * promises to move (KIP-107). A replica whose broker is not registered is not waited for: it follows the leader's start
 * when it is back. Kept by the leader for one term, on the partition's home loop.
 */
final class LowWatermark {
    /** A broker that dies may be all that is waited for, and nobody tells. */
    private static final long LOOK_AGAIN_MS = 250;

    private static final long NOT_HEARD_OF = -1;

    private record Waiting(long start, long untilMs, CompletableFuture<Found<Long>> answer) {}

    private final Partition partition;
    private final ReplicaPorts ports;
    private BrokerIds replicas;
    /** Where the followers' logs start, as their fetches tell. */
    private final Map<Integer, Long> starts = new TreeMap<>();
    /** As many as there are requests under way. */
    private final List<Waiting> waiting = new ArrayList<>();

    private boolean lookQueued;

    LowWatermark(Partition partition, ReplicaPorts ports, BrokerIds replicas) {
        this.partition = partition;
        this.ports = ports;
        this.replicas = replicas;
    }

    /** The assignment is another. */
    void assigned(BrokerIds now) {
        replicas = now;
        starts.keySet().removeIf(id -> !now.has(id));
        look();
    }

    void fetched(int brokerId, long logStart) {
        starts.put(brokerId, logStart);
        look();
    }

    /** Done with the low watermark once it is {@code start} or above; fails when it is not after {@code timeoutMs}. */
    CompletionStage<Found<Long>> reaches(long start, long timeoutMs) {
        Waiting added = new Waiting(start, partition.nowMs() + Math.max(0, timeoutMs), new CompletableFuture<>());
        waiting.add(added);
        look();
        return added.answer();
    }

    private void look() {
        if (waiting.isEmpty()) {
            return;
        }
        long now = offset();
        long nowMs = partition.nowMs();
        for (Waiting each : List.copyOf(waiting)) {
            if (now >= each.start()) {
                waiting.remove(each);
                each.answer().complete(new Found.Value<>(now));
            } else if (nowMs >= each.untilMs()) {
                waiting.remove(each);
                each.answer().complete(new Found.Failed<>(ReadError.TIMED_OUT, tooLate(each.start())));
            }
        }
        lookAgain(nowMs);
    }

    private void lookAgain(long nowMs) {
        if (waiting.isEmpty() || lookQueued) {
            return;
        }
        lookQueued = true;
        long nextMs = waiting.stream().mapToLong(Waiting::untilMs).min().orElse(nowMs) - nowMs;
        partition.home().schedule(Math.max(1, Math.min(LOOK_AGAIN_MS, nextMs)), () -> {
            lookQueued = false;
            look();
        });
    }

    private long offset() {
        long lowest = partition.startOffset();
        for (int i = 0; i < replicas.size(); i++) {
            if (isAwaited(replicas.at(i))) {
                lowest = Math.min(lowest, startOf(replicas.at(i)));
            }
        }
        return lowest;
    }

    private boolean isAwaited(int brokerId) {
        return brokerId != ports.self() && ports.epochs().of(brokerId) != BrokerEpochs.NONE;
    }

    private long startOf(int brokerId) {
        return starts.getOrDefault(brokerId, NOT_HEARD_OF);
    }

    private String tooLate(long start) {
        List<Integer> behind = replicas.stream()
                .filter(id -> isAwaited(id) && startOf(id) < start)
                .toList();
        return partition.id() + ": the records before offset " + start + " are deleted here, but brokers " + behind
                + " have not followed in the time given";
    }

    /** The term is over; the next leader has the start that this one had, or gets it from its own log. */
    void end() {
        List<Waiting> left = List.copyOf(waiting);
        waiting.clear();
        left.forEach(each -> each.answer()
                .complete(new Found.Failed<>(ReadError.NOT_LEADER, "this broker no longer leads " + partition.id())));
    }
}
