package io.sluice.engine;

import io.sluice.replication.FollowerState;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** Code that is put into the engine's own by the simulation's mutants: each does one thing wrong. */
public final class EngineBugs {
    private EngineBugs() {}

    /** R22: whoever asks for a topic that is not here by its id gets the one that is. */
    public static final class TakesAnyTopicForAnother {
        private TakesAnyTopicForAnother() {}

        @Advice.OnMethodExit
        static void exit(
                @Advice.This Partitions self,
                @Advice.Argument(value = 0, typing = Assigner.Typing.DYNAMIC) Object asked,
                @Advice.Return(readOnly = false) Partitions.Topic result) {
            if (result == null && asked instanceof UUID && !self.all().isEmpty()) {
                result = self.all().iterator().next();
            }
        }
    }

    /** G4: a coordinator serves with what it has loaded, whether or not that is committed. */
    public static final class ServesBeforeItIsCommitted {
        private ServesBeforeItIsCommitted() {}

        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(1) CompletableFuture<Void> loaded) {
            loaded.complete(null);
        }
    }

    /** G5: what a coordinator answers is not held back until its records are committed. */
    public static final class AnswersAtOnce {
        private AnswersAtOnce() {}

        @Advice.OnMethodExit
        static void exit(@Advice.FieldValue(value = "holdsAnswers", readOnly = false) boolean holdsAnswers) {
            holdsAnswers = false;
        }
    }

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
