package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random histories of brokers that are killed, lose their logs, start again, leave and take over, of controllers that are
 * replaced midway, of moves and elections that are asked for, with answers that are lost and images that come late.
 */
class ControllerHistoryTest {
    private static final int SEEDS = Integer.getInteger("sluice.history.seeds", 300);
    private static final int STEPS = 150;

    /** Fewer lossy crashes than min.insync.replicas lose nothing, whatever else happens. */
    @Test
    void r14NothingAcknowledgedIsLostWithFewerLossyCrashesThanTheMinimum() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Run run = new Run(seed, 1, false);
            run.run();
            assertThat(run.cluster.mayHaveLost).as("seed %d", seed).isEmpty();
            run.checkNothingLost();
        }
    }

    /** With any number of them, and a minimum that changes: whoever is eligible is so rightly, and all comes back. */
    @Test
    void r14WhoIsEligibleHasAllWhateverHappens() {
        for (long seed = 10_000; seed < 10_000 + SEEDS; seed++) {
            new Run(seed, Integer.MAX_VALUE, true).run();
        }
    }

    private static final class Run {
        private final long seed;
        private final Random random;
        private final boolean minimumChanges;
        final ModelCluster cluster;
        private int lossyLeft;
        private int nextValue;

        Run(long seed, int lossyCrashes, boolean minimumChanges) {
            this.seed = seed;
            this.random = new Random(seed);
            this.cluster = new ModelCluster(random);
            this.lossyLeft = lossyCrashes;
            this.minimumChanges = minimumChanges;
        }

        void run() {
            for (int i = 0; i < STEPS; i++) {
                step();
                if (random.nextInt(3) > 0) {
                    cluster.loop.runAll();
                }
                cluster.checkSafety("seed " + seed + " step " + i);
            }
            heal();
            cluster.checkSafety("seed " + seed + " healed");
        }

        private void step() {
            ModelBroker broker = cluster.broker(1 + random.nextInt(ModelCluster.BROKERS));
            int partition = random.nextInt(ModelCluster.PARTITIONS);
            switch (random.nextInt(24)) {
                case 0 -> crash(broker);
                case 1 -> {
                    crash(broker);
                    restart(broker); // before any controller looks (R12)
                }
                case 2, 3 -> restart(broker);
                case 4 -> {
                    if (broker.up) {
                        cluster.expire(broker);
                    }
                }
                case 5 -> cluster.takeOver();
                case 6 -> cluster.seat().disconnect();
                case 7 -> cluster.seat().reconnect();
                case 8 -> cluster.seat().loseAnswerOf(ops -> true);
                case 9 -> {
                    if (broker.up) {
                        cluster.leave(broker);
                    }
                }
                case 10 -> administer(partition);
                default -> work(broker, partition);
            }
        }

        private void crash(ModelBroker broker) {
            if (broker.up) {
                boolean keepsLog = lossyLeft == 0 || random.nextInt(3) > 0;
                lossyLeft -= keepsLog ? 0 : 1;
                cluster.kill(broker, keepsLog);
            }
        }

        private void restart(ModelBroker broker) {
            if (!broker.up) {
                cluster.start(broker);
            }
        }

        private void administer(int partition) {
            PartitionRef ref = new PartitionRef("orders", partition);
            switch (random.nextInt(minimumChanges ? 4 : 3)) {
                case 0 -> cluster.requests().electLeaders(Election.PREFERRED, List.of(ref));
                case 1 -> cluster.requests().reassign(List.of(new PartitionMove(ref, Optional.empty())));
                case 2 -> {
                    BrokerIds all = BrokerIds.of(1, 2, 3, 4);
                    BrokerIds target = all.without(1 + random.nextInt(ModelCluster.BROKERS));
                    cluster.requests().reassign(List.of(new PartitionMove(ref, Optional.of(target))));
                }
                default ->
                    cluster.requests()
                            .editConfigs(
                                    Map.of(
                                            new ConfigResource(ConfigResource.Type.TOPIC, "orders"),
                                            List.of(ConfigEdit.set(
                                                    "min.insync.replicas", "" + (1 + random.nextInt(2))))),
                                    false);
            }
        }

        private void work(ModelBroker broker, int partition) {
            switch (random.nextInt(6)) {
                case 0, 1 -> cluster.deliver(broker);
                case 2 -> {
                    if (broker.leads(partition)) {
                        broker.produce(partition, nextValue++);
                    }
                }
                case 3, 4 -> replicate(broker, partition, 1 + random.nextInt(3));
                default -> {
                    if (broker.leads(partition)) {
                        changeIsr(broker, partition);
                    }
                }
            }
        }

        private void replicate(ModelBroker leader, int partition, int most) {
            if (!leader.leads(partition)) {
                return;
            }
            for (ModelBroker follower : cluster.brokers) {
                if (follower != leader && follower.up && random.nextInt(4) > 0) {
                    follower.fetch(leader, partition, most);
                }
            }
            cluster.advance(leader, partition);
        }

        private void changeIsr(ModelBroker leader, int partition) {
            ModelBroker.Replica replica = leader.replica(partition);
            if (replica.pending.isEmpty()) {
                PartitionImage state = replica.state.orElseThrow();
                int other = 1 + random.nextInt(ModelCluster.BROKERS);
                if (other == leader.id || !state.replicas().has(other)) {
                    return;
                }
                if (state.isr().has(other)) {
                    leader.wish(cluster.topicId(), partition, state.isr().without(other));
                } else if (leader.hasCaughtUp(partition, other)) {
                    leader.wish(cluster.topicId(), partition, state.isr().with(other));
                }
            }
            cluster.ask(leader, partition, random.nextInt(4) == 0);
        }

        /** All come back, and a controller that nothing disturbs: every partition must get a leader. */
        private void heal() {
            cluster.seat().loseAnswerOf(ops -> false);
            cluster.loop.runAll();
            cluster.brokers.forEach(this::restart);
            cluster.takeOver();
            for (int round = 0; round < 20; round++) {
                cluster.deliverAll();
                for (int partition = 0; partition < ModelCluster.PARTITIONS; partition++) {
                    for (ModelBroker broker : cluster.brokers) {
                        replicate(broker, partition, 1_000);
                        if (broker.leads(partition)) {
                            changeIsr(broker, partition);
                        }
                    }
                }
                cluster.loop.runAll();
            }
            assertThat(cluster.topic().partitions())
                    .as("seed %d: all live, so all lead", seed)
                    .noneMatch(PartitionImage::isOffline);
        }

        void checkNothingLost() {
            for (int i = 0; i < ModelCluster.PARTITIONS; i++) {
                int leader = cluster.topic().partitions().get(i).leader();
                List<ModelBroker.Entry> all = cluster.acked.get(i);
                List<ModelBroker.Entry> log = cluster.broker(leader).log(i);
                assertThat(log.subList(0, Math.min(log.size(), all.size())))
                        .as("seed %d", seed)
                        .isEqualTo(all);
            }
        }
    }
}
