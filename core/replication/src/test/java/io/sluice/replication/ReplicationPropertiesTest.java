package io.sluice.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.BrokerIds;
import io.sluice.cluster.IsrChange;
import io.sluice.cluster.PartitionImage;
import io.sluice.log.EpochEnd;
import io.sluice.log.EpochStart;
import io.sluice.log.LogId;
import io.sluice.log.LogPosition;
import io.sluice.replication.FollowerState.OwnLog;
import io.sluice.replication.FollowerState.Repair;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random histories of a leader, its followers and a controller whose answers may be lost or late. */
class ReplicationPropertiesTest {
    private static final int EPOCH = 3;
    private static final LogId ID = new LogId(new UUID(1, 2), "topic", 0);

    /** One leader, two followers, and the controller's stored state. */
    private static final class World {
        final Random random;
        final long[] ends = new long[4];
        final long[] registered = {0, 11, 12, 13};
        final int minInSync;
        final List<IsrChange> onTheirWay = new ArrayList<>();
        final LeaderState leader;
        PartitionImage stored = new PartitionImage(1, EPOCH, BrokerIds.of(1, 2, 3), BrokerIds.of(1, 2, 3), 1);
        long now = 1_000;

        World(Random random) {
            this.random = random;
            this.minInSync = 1 + random.nextInt(3);
            this.leader = new LeaderState(new LeaderState.Term(1, ID, EPOCH, 0), stored, minInSync, at(0), at(0), now);
        }

        static LogPosition at(long offset) {
            return new LogPosition(offset, 0, offset);
        }

        void step() {
            int broker = 2 + random.nextInt(2);
            switch (random.nextInt(9)) {
                case 0, 1 -> leader.localEnd(at(++ends[1]));
                case 2, 3 -> fetch(broker);
                case 4 -> {
                    now += random.nextInt(200);
                    leader.tick(now, 300, id -> registered[id]).ifPresent(onTheirWay::add);
                }
                case 5 -> leader.pending().ifPresent(onTheirWay::add);
                case 6, 7 -> arrive();
                default -> {
                    if (random.nextInt(4) == 0) {
                        wipe(broker);
                    } else {
                        leader.decided(stored);
                    }
                }
            }
        }

        private void fetch(int broker) {
            leader.fetched(broker, registered[broker], EPOCH, at(ends[broker]), ends[1], now, id -> registered[id]);
            leader.joinAfterFetch(broker, now, id -> registered[id]).ifPresent(onTheirWay::add);
            ends[broker] += random.nextInt((int) (ends[1] - ends[broker]) + 1);
        }

        /** A change reaches the controller, perhaps for the second time; its answer may be lost. */
        private void arrive() {
            if (onTheirWay.isEmpty()) {
                return;
            }
            IsrChange change = onTheirWay.remove(random.nextInt(onTheirWay.size()));
            boolean answered = random.nextBoolean();
            if (change.partitionEpoch() != stored.partitionEpoch()) {
                return; // refused as stale: the leader waits for the newer state
            }
            boolean stale =
                    change.isr().stream().anyMatch(member -> registered[member.brokerId()] != member.brokerEpoch());
            if (stale) {
                if (answered && leader.pending().filter(change::equals).isPresent()) {
                    leader.refusedForGood(now);
                }
                return;
            }
            store(BrokerIds.copyOf(
                    change.isr().stream().map(IsrChange.Member::brokerId).toList()));
            if (answered) {
                leader.decided(stored);
            }
        }

        private void store(BrokerIds isr) {
            stored = new PartitionImage(1, EPOCH, stored.replicas(), isr, stored.partitionEpoch() + 1);
        }

        /** A follower dies and comes back with nothing; the controller takes it out first (R12, R14). */
        private void wipe(int broker) {
            if (stored.isr().has(broker)) {
                store(BrokerIds.copyOf(
                        stored.isr().stream().filter(id -> id != broker).toList()));
            }
            registered[broker] += 100;
            ends[broker] = 0;
        }
    }

    @Property(tries = 2_000)
    void r2r3r4EveryMemberOfTheStoredSetHasAllThatIsCommitted(@ForAll long seed) {
        World world = new World(new Random(seed));
        long before = 0;
        for (int i = 0; i < 300; i++) {
            world.step();
            long highWatermark = world.leader.highWatermark().offset();
            assertThat(highWatermark).isGreaterThanOrEqualTo(before).isLessThanOrEqualTo(world.ends[1]);
            before = highWatermark;
            for (int member : world.stored.isr()) {
                assertThat(world.ends[member])
                        .as("seed %s step %s: member %s of %s, %s", seed, i, member, world.stored, world.leader)
                        .isGreaterThanOrEqualTo(highWatermark);
            }
        }
    }

    /** Logs as lists of epochs by offset: what a follower keeps must be a common prefix, and the walk must end. */
    @Property(tries = 2_000)
    void r6r7FollowerEndsUpWithAPrefixOfTheLeadersLogAndKeepsWhatIsCommon(@ForAll long seed) {
        Random random = new Random(seed);
        List<Integer> leader = new ArrayList<>();
        List<Integer> own = new ArrayList<>();
        int common = random.nextInt(6);
        for (int epoch = 0, i = 0; i < common; i++) {
            epoch += random.nextInt(2);
            leader.add(epoch);
            own.add(epoch);
        }
        // After the common part no epoch wrote to both: one leader per epoch.
        int last = common == 0 ? 0 : leader.get(common - 1);
        int continuing = random.nextInt(3);
        for (int i = 0; i < random.nextInt(8); i++) {
            leader.add(next(leader, last, continuing == 1, 0, random));
        }
        for (int i = 0; i < random.nextInt(8); i++) {
            own.add(next(own, last, continuing == 2, 1, random));
        }
        FollowerState follower = new FollowerState(99);
        for (int round = 0; round <= 20; round++) {
            assertThat(round).as("seed %s does not end", seed).isLessThan(20);
            OwnLog view = view(own);
            EpochEnd end = endOf(leader, view.lastEpoch());
            boolean diverged =
                    view.lastEpoch() >= 0 && (end.epoch() < view.lastEpoch() || end.endOffset() < view.endOffset());
            if (!diverged) {
                break;
            }
            Repair repair = follower.onDiverged(end, view);
            assertThat(repair).as("seed %s: %s against %s", seed, own, leader).isInstanceOf(Repair.Truncate.class);
            long cut = ((Repair.Truncate) repair).offset();
            own.subList((int) cut, own.size()).clear();
        }
        assertThat(own).isEqualTo(leader.subList(0, own.size()));
        assertThat(own.size()).isGreaterThanOrEqualTo(common);
    }

    private static int next(List<Integer> log, int last, boolean mayContinue, int parity, Random random) {
        int previous = log.isEmpty() ? -1 : log.get(log.size() - 1);
        if (mayContinue && previous == last && random.nextBoolean()) {
            return last;
        }
        int epoch = Math.max(previous, last + 1) + random.nextInt(2);
        return epoch % 2 == parity ? epoch : epoch + 1;
    }

    private static OwnLog view(List<Integer> log) {
        List<EpochStart> epochs = new ArrayList<>();
        for (int i = 0; i < log.size(); i++) {
            if (i == 0 || !log.get(i).equals(log.get(i - 1))) {
                epochs.add(new EpochStart(log.get(i), i));
            }
        }
        return new OwnLog(0, log.size(), epochs);
    }

    private static EpochEnd endOf(List<Integer> log, int epoch) {
        int end = 0;
        while (end < log.size() && log.get(end) <= epoch) {
            end++;
        }
        return end == 0 ? new EpochEnd(epoch, 0) : new EpochEnd(log.get(end - 1), end);
    }
}
