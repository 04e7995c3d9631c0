package io.sluice.cli;

import static io.sluice.cli.Views.broker;
import static io.sluice.cli.Views.partition;
import static io.sluice.cli.Views.view;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cli.ClusterView.Partition;
import io.sluice.cli.ClusterView.State;
import java.util.List;
import org.junit.jupiter.api.Test;

class StopCheckTest {
    private static final List<Integer> ALL = List.of(1, 2, 3);

    private static StopCheck stopOne(Partition partition) {
        return StopCheck.of(
                view(
                        List.of(partition),
                        broker(1, State.RUNNING),
                        broker(2, State.RUNNING),
                        broker(3, State.NOT_ANSWERING)),
                1);
    }

    @Test
    void brokerThatEnoughOthersStandInForMayBeStopped() {
        assertThat(stopOne(partition(1, ALL, ALL, 1)).stoppable()).isTrue();
        assertThat(stopOne(partition(2, ALL, List.of(2), 1)).stoppable()).isTrue();
        assertThat(stopOne(partition(-1, ALL, List.of(1), 1)).stoppable()).isTrue();
    }

    @Test
    void onlyReplicaInSyncIsNeeded() {
        assertThat(stopOne(partition(1, ALL, List.of(1), 1)).effects())
                .containsExactly(new PartitionFault("t", 0, "offline", "no other replica is in sync"));
        assertThat(stopOne(partition(1, List.of(1), List.of(1), 1)).effects())
                .containsExactly(new PartitionFault("t", 0, "offline", "broker 1 has its only replica"));
    }

    @Test
    void brokerThatHangsDoesNotCountAsInSync() {
        assertThat(stopOne(partition(1, ALL, ALL, 2)).effects())
                .containsExactly(new PartitionFault(
                        "t", 0, "under min in-sync", "in sync would be 1 of at least 2, so acks=all would be refused"));
    }
}
