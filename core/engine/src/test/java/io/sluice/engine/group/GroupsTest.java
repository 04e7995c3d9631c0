package io.sluice.engine.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.base.ManualLoop;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class GroupsTest {
    private final Coordinator broker = new Coordinator();

    @Test
    void offsetsTopicThatIsMadeAnewIsServedWhereItsPartitionLives() {
        ManualLoop former = broker.loop;
        broker.home = new ManualLoop(former.clock(), 1);
        broker.groups.lead(0);
        broker.groups.resign(0, former); // the deleted partition's loop is slower
        former.runAll();
        broker.home.runAll();

        CompletableFuture<Map<String, GroupError>> answer =
                broker.groups.deleteGroups(List.of("unknown")).toCompletableFuture();
        broker.home.runAll();
        assertThat(answer).isCompletedWithValue(Map.of("unknown", GroupError.GROUP_ID_NOT_FOUND));
    }
}
