package io.sluice.simulation;

import io.sluice.cluster.BrokerIds;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.StoreOp;
import java.util.List;
import java.util.Optional;
import net.bytebuddy.asm.Advice;

/** Code that is put into the core's own by {@link MutantsTest}: each does one thing wrong. */
final class PlantedBugs {
    private PlantedBugs() {}

    /** R3: the leader acts on a smaller in-sync set before the controller has agreed. */
    static final class ShrinksAtOnce {
        private ShrinksAtOnce() {}

        @Advice.OnMethodEnter
        static void enter(
                @Advice.Argument(0) BrokerIds wanted,
                @Advice.FieldValue(value = "committed", readOnly = false) BrokerIds committed) {
            committed = wanted;
        }
    }

    /** R5: a follower takes over its leader's high watermark beyond its own end. */
    static final class TakesTheLeadersHighWatermark {
        private TakesTheLeadersHighWatermark() {}

        @Advice.OnMethodExit
        static void exit(
                @Advice.Argument(0) long leaders,
                @Advice.Argument(1) long own,
                @Advice.Return(readOnly = false) long result) {
            result = Math.max(own, leaders);
        }
    }

    /** R9: a new leader leads in the epoch of the one before. */
    static final class ElectsWithoutANewEpoch {
        private ElectsWithoutANewEpoch() {}

        @Advice.OnMethodExit
        static void exit(
                @Advice.FieldValue("before") PartitionImage before,
                @Advice.Return(readOnly = false) Optional<PartitionImage> result) {
            if (result.isPresent()) {
                PartitionImage next = result.get();
                result = Optional.of(new PartitionImage(
                        next.leader(),
                        before.leaderEpoch(),
                        next.replicas(),
                        next.isr(),
                        next.partitionEpoch(),
                        next.eligibility(),
                        next.reassignment()));
            }
        }
    }

    /** R16: any live replica may lead. */
    static final class ElectsAnybody {
        private ElectsAnybody() {}

        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 4, readOnly = false) boolean uncleanAllowed) {
            uncleanAllowed = true;
        }
    }

    /** R17: a controller's writes do not look whether it still is controller. */
    static final class WritesWithoutTheFence {
        private WritesWithoutTheFence() {}

        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) List<StoreOp> result) {
            result = result.subList(1, result.size());
        }
    }
}
