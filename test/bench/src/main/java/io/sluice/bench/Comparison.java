package io.sluice.bench;

import java.util.List;

/**
 * The rounds: both sides in turn, the first one alternating, each with brokers of its own that exist only during its
 * turn. One thread.
 */
final class Comparison {
    /** Who is compared with whom. */
    record Pair(Peer subject, Peer peer) {
        Peer of(Side side) {
            return side == Side.SUBJECT ? subject : peer;
        }
    }

    private final Turn.Setup setup;
    private final Pair pair;
    private final List<Workload> workloads;

    Comparison(Turn.Setup setup, Pair pair, List<Workload> workloads) {
        this.setup = setup;
        this.pair = pair;
        this.workloads = List.copyOf(workloads);
    }

    /** @param alone leaves the peer out: for profiling the subject */
    void run(int rounds, boolean alone) throws Exception {
        for (int round = 1; round <= rounds; round++) {
            Side first = round % 2 == 1 ? Side.SUBJECT : Side.PEER;
            for (Side side : alone ? List.of(Side.SUBJECT) : List.of(first, first.other())) {
                Turn turn = Turn.of(setup, side, round, pair.of(side));
                runShared(turn, 1);
                runShared(turn, Workload.CLUSTER_BROKERS);
                runOwn(turn);
            }
        }
    }

    /** The workloads that run one after the other on the same brokers, as they would in a day of real ones. */
    private void runShared(Turn turn, int brokers) throws Exception {
        List<Workload> shared = workloads.stream()
                .filter(w -> !w.startsItsOwnBroker() && w.brokers() == brokers)
                .toList();
        if (shared.isEmpty()) {
            return;
        }
        turn.onNewBrokers(brokers, Detection.DEFAULT, started -> {
            for (Workload workload : shared) {
                workload.run(started);
            }
        });
    }

    private void runOwn(Turn turn) throws Exception {
        for (Workload workload : workloads) {
            if (workload.startsItsOwnBroker()) {
                workload.run(turn);
            }
        }
    }
}
