package io.sluice.simulation;

import io.sluice.cluster.BrokerIds;
import io.sluice.cluster.PartitionImage;
import io.sluice.log.LogPosition;
import io.sluice.replication.FollowerState;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
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

    /** R8: what a follower had in earlier leader epochs counts; in the first that is everything. */
    static final class CountsBeforeTheFirstFetch {
        private CountsBeforeTheFirstFetch() {}

        @Advice.OnMethodExit
        static void exit(@Advice.FieldValue(value = "end", readOnly = false) LogPosition end) {
            end = new LogPosition(Long.MAX_VALUE, 0, 0);
        }
    }

    /** R11: a follower whose whole log lies below its leader's start waits for what is gone. */
    static final class WaitsBelowTheStart {
        private WaitsBelowTheStart() {}

        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) FollowerState.Repair result) {
            result = new FollowerState.Repair.Wait();
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

    /** R23: a leader takes over what it is told of the partition's state though it knows a newer one. */
    static final class TakesOlderStates {
        private TakesOlderStates() {}

        @Advice.OnMethodEnter
        static void enter(@Advice.FieldValue(value = "partitionEpoch", readOnly = false) int partitionEpoch) {
            partitionEpoch = -1;
        }
    }

    /** R24: a data folder whose disk has failed stays in service. */
    static final class StaysInService {
        private StaysInService() {}

        @Advice.OnMethodExit
        static void exit(@Advice.FieldValue("failure") AtomicReference<String> failure) {
            failure.set(null);
        }
    }
}
