package io.sluice.engine;

import io.sluice.base.Loop;
import io.sluice.base.Loops;
import io.sluice.base.ManualLoop;
import io.sluice.cluster.IsrChange;
import io.sluice.cluster.settings.SettingLayers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a partition works with in tests of it alone: notes what it becomes and proposes. */
final class TestPorts implements RoleListener, ReplicaPorts.Proposals {
    final List<String> roles = new ArrayList<>();
    final List<IsrChange> proposed = new ArrayList<>();

    static ReplicaPorts alone(int self) {
        return new TestPorts().ports(self);
    }

    /** Every broker is registered in an epoch of ten times its id. */
    ReplicaPorts ports(int self) {
        return new ReplicaPorts(
                self, id -> id * 10L, this, this, unthrottled(new ManualLoop()).leading());
    }

    /** Kafka's windows, and no rate to keep in them yet. */
    static ReplicationThrottles unthrottled(Loop loop) {
        return ReplicationThrottles.of(new Loops(List.of(loop)), SettingLayers.ofStatic(Map.of()));
    }

    @Override
    public void leading(Partition partition) {
        roles.add("leading " + partition.leadership().epoch());
    }

    @Override
    public void notLeading(Partition partition) {
        roles.add("not leading");
    }

    @Override
    public void following(Partition partition) {
        roles.add("following " + partition.leadership().leader());
    }

    @Override
    public void idle(Partition partition) {
        roles.add("idle");
    }

    @Override
    public void propose(Partition partition, IsrChange change) {
        proposed.add(change);
    }
}
