package io.sluice.bench;

import java.util.List;
import java.util.Optional;

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
                runShared(round, side);
                runOwn(round, side);
            }
        }
    }

    /** The workloads that run one after the other on one broker, as they would in a day of a real one. */
    private void runShared(int round, Side side) throws Exception {
        List<Workload> shared =
                workloads.stream().filter(w -> !w.startsItsOwnBroker()).toList();
        if (shared.isEmpty()) {
            return;
        }
        Peer peer = pair.of(side);
        Peer.Installation installation = peer.install(setup.workspace().newFolder("shared"));
        try (Broker broker = Broker.start(setup.workspace(), installation)) {
            Turn turn = new Turn(setup, side, round, peer, Optional.of(broker));
            for (Workload workload : shared) {
                workload.run(turn);
            }
        }
        Workspace.delete(installation.folder());
    }

    private void runOwn(int round, Side side) throws Exception {
        for (Workload workload : workloads) {
            if (workload.startsItsOwnBroker()) {
                workload.run(new Turn(setup, side, round, pair.of(side), Optional.empty()));
            }
        }
    }
}
