package io.sluice.engine;

import io.sluice.replication.FollowerState;
import java.util.concurrent.CompletionStage;
import net.bytebuddy.asm.Advice;

/** Code that is put into the engine's own by the simulation's mutants: each does one thing wrong. */
public final class EngineBugs {
    private EngineBugs() {}

    /** R6: a follower begins by cutting its log to the high watermark that it knows. */
    public static final class CutsToTheHighWatermark {
        private CutsToTheHighWatermark() {}

        @Advice.OnMethodExit
        static void exit(
                @Advice.This FollowerLog self,
                @Advice.FieldValue("partition") Partition partition,
                @Advice.Return(readOnly = false) CompletionStage<Void> result) {
            if (partition.highWatermark() < partition.log().endOffset()) {
                result = self.repair(new FollowerState.Repair.Truncate(partition.highWatermark()));
            }
        }
    }
}
