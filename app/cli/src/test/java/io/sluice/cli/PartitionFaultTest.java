package io.sluice.cli;

import static io.sluice.cli.Views.broker;
import static io.sluice.cli.Views.partition;
import static io.sluice.cli.Views.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.ClusterView.Partition;
import io.sluice.cli.ClusterView.State;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PartitionFaultTest {
    private static final List<Integer> ALL = List.of(1, 2, 3);

    private static Optional<PartitionFault> fault(Partition partition, State third, ReplicaLags lags) {
        ClusterView view =
                view(List.of(partition), broker(1, State.RUNNING), broker(2, State.RUNNING), broker(3, third));
        return PartitionFault.of(view, partition, lags);
    }

    private static ReplicaLags third(long records, boolean moving) {
        return ReplicaLags.of(Map.of(
                new ReplicaLags.Replica(partition(1, ALL, ALL, 1).key(), 3), new ReplicaLags.Lag(records, moving)));
    }

    @Test
    void partitionWithAllInSyncHasNone() {
        assertThat(fault(partition(1, ALL, ALL, 2), State.RUNNING, ReplicaLags.unknown()))
                .isEmpty();
    }

    @Test
    void replicaThatAMoveOnlyAddsIsNotMissing() {
        Partition moving =
                new Partition("t", 0, 1, ALL, List.of(1, 2), List.of(), List.of(), 1, List.of(3), List.of(1));

        assertThat(fault(moving, State.RUNNING, ReplicaLags.unknown())).isEmpty();
        assertThat(moving.settled()).containsExactly(2, 3);
    }

    @Test
    void brokerThatIsGoneIsNamed() {
        assertThat(fault(partition(1, ALL, List.of(1, 2), 2), State.NOT_REGISTERED, ReplicaLags.unknown()))
                .contains(new PartitionFault("t", 0, "under-replicated", "broker 3 is not registered"));
        assertThat(fault(partition(1, ALL, List.of(1, 2), 2), State.SHUTTING_DOWN, ReplicaLags.unknown()))
                .contains(new PartitionFault("t", 0, "under-replicated", "broker 3 is shutting down"));
        assertThat(fault(partition(1, ALL, List.of(1, 2), 2), State.NOT_ANSWERING, ReplicaLags.unknown()))
                .contains(new PartitionFault("t", 0, "under-replicated", "broker 3 does not answer"));
    }

    @Test
    void lagIsCounted() {
        Partition behind = partition(1, ALL, List.of(1, 2), 2);

        assertThat(fault(behind, State.RUNNING, third(1200, false))
                        .orElseThrow()
                        .why())
                .isEqualTo("broker 3 lags by 1,200 records");
        assertThat(fault(behind, State.RUNNING, third(1, true)).orElseThrow().why())
                .isEqualTo("broker 3 is catching up, 1 record to go");
        assertThat(fault(behind, State.RUNNING, third(0, false)).orElseThrow().why())
                .isEqualTo("broker 3 has every record and is about to be in sync");
        assertThat(fault(behind, State.RUNNING, third(-2, false)).orElseThrow().why())
                .isEqualTo("broker 3 has 2 records more than the leader and has to cut them off");
    }

    private static ReplicaLags lost(int broker) {
        return ReplicaLags.lost(
                Set.of(new ReplicaLags.Replica(partition(1, ALL, ALL, 1).key(), broker)));
    }

    @Test
    void logThatABrokerCannotUseIsNamed() {
        assertThat(fault(partition(1, ALL, List.of(1, 2), 2), State.RUNNING, lost(3))
                        .orElseThrow()
                        .why())
                .isEqualTo("broker 3 can't use its log: it is damaged or its disk failed");

        PartitionFault leader = fault(partition(1, ALL, List.of(1), 2), State.NOT_REGISTERED, lost(1))
                .orElseThrow();
        assertThat(leader.state()).isEqualTo("leader failed");
        assertThat(leader.why())
                .contains("the log of its leader, broker 1, is damaged")
                .contains("broker 3 is not registered")
                .contains("cluster elect --unclean");
    }

    @Test
    void tooFewInSyncIsWorseThanAReplicaThatIsMissing() {
        PartitionFault fault = fault(
                        partition(1, List.of(1, 3), List.of(1), 2), State.NOT_REGISTERED, ReplicaLags.unknown())
                .orElseThrow();

        assertThat(fault.state()).isEqualTo("under min in-sync");
        assertThat(fault.why())
                .isEqualTo("in sync 1 of at least 2, so acks=all is refused: broker 3 is not registered");
    }

    @Test
    void r16_whoMayLeadAndIsAwayIsNamedAndWhoIsThereAndMayNot() {
        Partition offline = new Partition("t", 0, -1, ALL, List.of(3), List.of(), List.of(1), 1, List.of(), List.of());

        PartitionFault fault =
                fault(offline, State.NOT_REGISTERED, ReplicaLags.unknown()).orElseThrow();

        assertThat(fault.state()).isEqualTo("offline");
        assertThat(fault.why())
                .isEqualTo("broker 3, which has every record, is not registered;"
                        + " running but perhaps without the last records: [1, 2]");
    }

    @Test
    void worstComesFirst() {
        ClusterView view = view(
                List.of(
                        partition(1, ALL, List.of(1, 2), 1),
                        partition(-1, ALL, List.of(3), 1),
                        partition(1, ALL, List.of(1), 2)),
                broker(1, State.RUNNING),
                broker(2, State.RUNNING));

        assertThat(PartitionFault.all(view, ReplicaLags.unknown()))
                .extracting(PartitionFault::state)
                .containsExactly("offline", "under min in-sync", "under-replicated");
    }
}
