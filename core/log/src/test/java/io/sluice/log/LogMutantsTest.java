package io.sluice.log;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sluice.base.MutantLoader;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.implementation.MethodDelegation;
import net.bytebuddy.implementation.StubMethod;
import net.bytebuddy.matcher.ElementMatcher;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tests see what they claim to see: for each rule a broker that breaks it, and the test that must fail then. The bugs
 * are planted in the loaded classes, so the code that is shipped has no switches for them.
 */
class LogMutantsTest {
    private static final String PACKAGE = LogMutantsTest.class.getPackageName() + ".";
    private static final String POWER_LOSS =
            "CrashTest.s3s5s6PowerLossBetweenAnyTwoOperationsLosesNothingThatWasFlushed";
    private static final String KILL = "CrashTest.killBetweenAnyTwoOperationsLosesNothingThatWasWritten";

    /**
     * @param bug the rule and how it is broken
     * @param place the class in which
     * @param planting how
     * @param test what must notice
     */
    record Mutant(String bug, String place, UnaryOperator<DynamicType.Builder<?>> planting, String test) {
        @Override
        public String toString() {
            return bug;
        }
    }

    private static Mutant mutant(String bug, String method, Implementation instead, String test) {
        int dot = method.indexOf('.');
        return new Mutant(
                bug,
                method.substring(0, dot),
                builder -> builder.method(named(method.substring(dot + 1))).intercept(instead),
                test);
    }

    /** One that does not do what {@code method} does: it returns nothing, 0 or false at once. */
    private static Mutant without(String bug, String method, String test) {
        return mutant(bug, method, StubMethod.INSTANCE, test);
    }

    private static Mutant always(String bug, String method, Object value, String test) {
        return mutant(bug, method, FixedValue.value(value), test);
    }

    private static Mutant instead(String bug, String method, Class<?> code, String test) {
        return mutant(bug, method, MethodDelegation.to(code), test);
    }

    private static Mutant altered(String bug, String method, Class<?> advice, String test) {
        int dot = method.indexOf('.');
        return new Mutant(
                bug,
                method.substring(0, dot),
                builder -> builder.visit(Advice.to(advice).on(named(method.substring(dot + 1)))),
                test);
    }

    private static Mutant summary(String bug, Class<?> code, String test) {
        ElementMatcher<MethodDescription> method = named("summary").and(takesArguments(0));
        return new Mutant(
                bug, "PartitionLog", builder -> builder.method(method).intercept(MethodDelegation.to(code)), test);
    }

    static Stream<Mutant> recovery() {
        String cut = "RecoveryTest.s1RecoveryTruncatesAtEveryByteOfTheLastThreeBatches";
        String flip = "RecoveryTest.s1RecoveryCutsAtAFlippedBitOfTheUnflushedTail";
        String index = "RecoveryTest.s7FlippedBitOfAnIndexIsNoticed";
        return Stream.of(
                always("S1 recovery checks no checksum", "HeaderWalk.verify", true, flip),
                always("S1 recovery checks no order of offsets", "LogRecovery.follows", true, flip),
                without("S1 a torn end is left where it is", "LogRecovery.cutSegment", cut),
                without(
                        "S2 a gap below the flush point is passed over",
                        "LogRecovery.missing",
                        "RecoveryTest.s2SealedSegmentThatIsShortOrMissingIsNeverSkipped"),
                without(
                        "S2 a restart forgets the quarantine",
                        "QuarantineNote.leave",
                        "RecoveryTest.s2QuarantineOutlivesRestartsUntilTheNoteIsDeleted"),
                without(
                        "S2 nothing is scrubbed",
                        "Scrub.step",
                        "RecoveryTest.s2ScrubFindsEveryFlippedBitOfASealedSegment"),
                always("S7 an index block is believed without its checksum", "IndexBlock.isWhole", true, index),
                always(
                        "S7 an index block is believed whatever it says",
                        "SegmentIndex.continues",
                        true,
                        "WrongIndexTest.s7IndexWhoseTimestampsShrinkIsNotBelieved"),
                without(
                        "S14 a finished compaction is not put in place",
                        "SegmentFolder.complete",
                        "RecoveryTest.s14BootFinishesOrUndoesACompaction"));
    }

    static Stream<Mutant> durability() {
        return Stream.of(
                without("S3 the flush point moves without an fsync", "LogFlush.sync", POWER_LOSS),
                summary(
                        "S3 the checkpoint tells what is only written",
                        PlantedBugs.CheckpointsWhatIsWritten.class,
                        POWER_LOSS),
                altered(
                        "S4 the manifest stays at boot",
                        "MemoryDisk.rename",
                        PlantedBugs.KeepsTheManifest.class,
                        "RecoveryTest.s4ManifestIsUsedOnceOnly"),
                without("S4 the manifest is written before the flush", "StoreClosing.flush", POWER_LOSS),
                instead(
                        "S4 the shutdown waits for no worker",
                        "StoreClosing.settled",
                        PlantedBugs.WaitsForNobody.class,
                        "WorkerRacesTest.s4ManifestWaitsForTheCheckpointAndTheFlushUnderWay"),
                instead(
                        "S5 small files are overwritten in place",
                        "FileBytes.replace",
                        PlantedBugs.WritesInPlace.class,
                        POWER_LOSS),
                altered(
                        "S5 small files are renamed without an fsync",
                        "MemoryDisk$MemoryFile.sync",
                        PlantedBugs.ForgetsToSyncSmallFiles.class,
                        POWER_LOSS),
                always(
                        "S5 small files have no checksum",
                        "CheckedFile.checksum",
                        0,
                        "RecoveryTest.s5FlippedBitInACheckpointIsNoticed"),
                always("S6 a new segment's name is not synced", "Segment.nameSynced", true, POWER_LOSS),
                always(
                        "S6 the manifest names a file that may vanish",
                        "Segment.mayVanish",
                        false,
                        "FailureTest.s6SegmentWhoseFirstWriteFailedIsSafeOnceTheManifestNamesIt"),
                without("S6 a new partition's name is not synced", "DataFolder.syncNames", POWER_LOSS),
                always(
                        "S8 a folder goes on after a failed fsync",
                        "DataFolder.failed",
                        false,
                        "FailureTest.s8OneFailedFsyncTakesTheFolderOutOfServiceForGood"),
                always(
                        "S8 a failed fsync of a closing log is passed over",
                        "PartitionLog.wentWithTheLog",
                        true,
                        "WorkerRacesTest.s8FlushThatFailsDuringTheShutdownLeavesNoManifest"),
                summary(
                        "S12 the checkpoint's start is beyond what is on disk",
                        PlantedBugs.CheckpointsAnyStart.class,
                        "WorkerRacesTest.s12StartBeyondWhatAPowerLossLeftHidesNoNewRecord"),
                always(
                        "S12 the checkpoint's start is not heeded",
                        "LogSummary.startOffset",
                        0L,
                        "RetentionTest.s12DeletedRecordsStayDeletedThroughAKillAndAPowerLoss"),
                new Mutant(
                        "S12 a deletion is reported before it is safe",
                        "Checkpoints",
                        builder -> builder.method(named("request").and(takesArguments(1)))
                                .intercept(MethodDelegation.to(PlantedBugs.WaitsForNobody.class)),
                        "RetentionTest.s12DeletedRecordsStayDeletedThroughAKillAndAPowerLoss"),
                new Mutant(
                        "S12 the high watermark at load is beyond what is known",
                        "PartitionLog",
                        builder -> builder.method(named("highWatermark").and(takesArguments(0)))
                                .intercept(MethodDelegation.to(PlantedBugs.HighWatermarkIsTheEnd.class)),
                        "RetentionTest.s12HighWatermarkAtLoadIsNotBeyondTheEnd"));
    }

    static Stream<Mutant> limits() {
        String full = "FailureTest.s9FullDiskCutsBackAndServesAgainWhenSpaceReturns";
        String soft = "FailureTest.s9SoftLimitRefusesProducersButNotTheBrokersOwnLogs";
        return Stream.of(
                always("S9 producers fill the disk", "DataFolder.hasRoom", true, soft),
                altered(
                        "S9 the broker's own logs have no reserve",
                        "DataFolder.hasRoom",
                        PlantedBugs.KnowsNoInternalLogs.class,
                        soft),
                without("S9 a partial batch stays in the file", "MemoryDisk$MemoryFile.truncate", full),
                always("S9 a full disk is taken for a broken one", "IoErrors.diskFull", false, full),
                without(
                        "S10 no file is ever closed",
                        "OpenFiles.evict",
                        "FailureTest.s10TooManyOpenFilesClosesIdleOnes"),
                always(
                        "S10 a lack of descriptors is taken for a broken disk",
                        "IoErrors.tooManyOpenFiles",
                        false,
                        "FailureTest.s10LackOfDescriptorsRefusesAndPassesByItself"),
                instead(
                        "S11 a short write is not continued",
                        "FileBytes.writeFully",
                        PlantedBugs.TrustsWrites.class,
                        "FailureTest.s11ShortWritesAreContinued"),
                altered(
                        "S13 retention passes the high watermark",
                        "LogTrim.retain",
                        PlantedBugs.RetentionWithoutHighWatermark.class,
                        "RetentionTest.s13TimeRemovesWholeSegmentsBelowTheHighWatermarkOnly"),
                altered(
                        "S13 removals overtake each other",
                        "LogTrim.removeNext",
                        PlantedBugs.RemovesAtOnce.class,
                        "WorkerRacesTest.s13RemovalThatOvertakesAnEarlierOneLeavesNoGap"),
                altered(
                        "S13 a removed file is closed under its readers",
                        "SegmentFile.giveUp",
                        PlantedBugs.ClosesUnderReaders.class,
                        "RetentionTest.s13SliceOutlivesItsSegment"),
                without(
                        "S13 a read below the start gets other data",
                        "LogReader.refuseIfRemoved",
                        "RetentionTest.s13ReadThatWasOvertakenByARemovalIsOutOfRange"),
                without(
                        "S15 nobody looks whose folder it is",
                        "OpenFolder.checkIdentity",
                        "FailureTest.s15FolderOfAnotherBrokerIsNotOpened"),
                instead(
                        "S15 the folder is not locked",
                        "MemoryDisk.lock",
                        PlantedBugs.LocksNothing.class,
                        "FailureTest.s15FolderInUseIsNotOpened"));
    }

    static Stream<Mutant> producers() {
        return Stream.of(
                always(
                        "T1 duplicates are not recognised",
                        "ProducerState.find",
                        -1,
                        "ProducerStateTest.t1LastFiveBatchesAreRecognisedAsDuplicates"),
                without("T1 producers are not restored from the log", "ProducerRebuild.replay", KILL),
                without(
                        "T1 a failed write keeps its sequence",
                        "LogProducers.rebuild",
                        "ProducerStateTest.t1FailedWriteTakesTheSequenceBack"),
                always(
                        "T2 gaps are accepted",
                        "ProducerStates.check",
                        ProducerStates.NEXT,
                        "ProducerStateTest.t2GapsAndReorderingAreRefused"),
                instead(
                        "T2 sequences do not wrap",
                        "ProducerState.sequenceAfter",
                        PlantedBugs.NeverWraps.class,
                        "ProducerStateTest.t2SequenceWrapsToZero"),
                altered(
                        "T3 an unknown producer must begin at 0",
                        "ProducerStates.find",
                        PlantedBugs.KnowsEveryProducer.class,
                        "ProducerStateTest.t3UnknownProducerMayBeginAnywhere"),
                altered(
                        "T4 open transactions expire",
                        "ProducerStates.expire",
                        PlantedBugs.ExpiresOpenTransactions.class,
                        "ProducerStateTest.t4OpenTransactionKeepsAProducer"),
                altered(
                        "T4 markers are no sign of life",
                        "ProducerStates.apply",
                        PlantedBugs.OverlooksMarkers.class,
                        "ProducerStateTest.t4MarkerKeepsAProducerAliveAndEndsItsTransaction"));
    }

    static Stream<Mutant> replicas() {
        String cutCrash = "CutCrashTest.r6PowerLossDuringACutLeavesTheOldEndTheNewOrOneBetween";
        String epochs = "EpochTruncationTest.r7AllCases";
        return Stream.of(
                always(
                        "R10 a follower checks no batch",
                        "BatchValidator.damage",
                        Optional.empty(),
                        "ReplicatedAppendTest.r10FlippedBitAnywhereInABatchIsRefused"),
                without(
                        "R10 a follower takes batches in any order",
                        "LogAppender.misfit",
                        "ReplicatedAppendTest.r10GapRepetitionAndOlderEpochAreRefused"),
                without("R6 a cut leaves the files as they are", "LogCut.carryOut", cutCrash),
                without(
                        "R6 the shortened segment keeps its bytes",
                        "Segment.dropBeyondSize",
                        "TruncationTest.r6OldTailThatWasFlushedNeverComesBackAfterACut"),
                instead(
                        "S3 files are cut before the checkpoint",
                        "LogCut.checkpoint",
                        PlantedBugs.CutsAtOnce.class,
                        cutCrash),
                altered(
                        "S3 the shortened segment is not synced",
                        "MemoryDisk$MemoryFile.sync",
                        PlantedBugs.ForgetsToSyncSegments.class,
                        "TruncationTest.r6OldTailThatWasFlushedNeverComesBackAfterACut"),
                instead(
                        "S3 a cut does not wait for a flush",
                        "LogFlush.pause",
                        PlantedBugs.PausesNothing.class,
                        "CutRacesTest.s3FlushUnderWayDoesNotMoveTheFlushPointBeyondTheCut"),
                instead(
                        "T1 a cut does not wait for a snapshot",
                        "LogProducers.idle",
                        PlantedBugs.PausesNothing.class,
                        "CutRacesTest.t1SnapshotUnderWayIsNotLeftBeyondTheCut"),
                instead(
                        "S13 a cut does not wait for a removal",
                        "LogTrim.idle",
                        PlantedBugs.PausesNothing.class,
                        "CutRacesTest.s13RemovalUnderWayIsWaitedFor"),
                instead(
                        "S13 a reader makes the file that the log goes on in",
                        "SegmentFile.acquire",
                        PlantedBugs.MakesFilesForReaders.class,
                        "CutRacesTest.s13ReaderDoesNotMakeTheFileThatTheLogGoesOnIn"),
                new Mutant(
                        "S13 retention begins before the topic's settings are known",
                        "PartitionLog",
                        builder -> builder.method(named("highWatermark").and(takesArguments(0)))
                                .intercept(MethodDelegation.to(PlantedBugs.HighWatermarkIsTheEnd.class)),
                        "RetentionTest.s13NothingIsRemovedBeforeTheHighWatermarkIsTold"),
                always(
                        "S2 a cut is taken for damage",
                        "Segment.wasShortened",
                        false,
                        "CutRacesTest.s2ScrubTakesACutForNoDamage"),
                without(
                        "T1 a rebuild uses the state of before the cut",
                        "LogProducers.cutTo",
                        "TruncationTest.t1RebuildAfterAFailedWriteDoesNotUseWhatWasCut"),
                always(
                        "T1 the manifest's producers outlive a cut",
                        "LogSummary.cutTo",
                        LogState.NEVER_CUT,
                        "TruncationTest.t1ManifestOfBeforeTheCutIsNotBelieved"),
                instead(
                        "R7 epochs outlive their records",
                        "LeaderEpochs.before",
                        PlantedBugs.KeepsEpochs.class,
                        epochs),
                always(
                        "R7 an epoch without records is not noted",
                        "PartitionLog.latestEpoch",
                        -1,
                        "EpochTruncationTest.r7RandomHistoriesMeetWhereTheyPart"),
                always(
                        "S12 the high watermark is not checkpointed",
                        "LogSummary.highWatermark",
                        0L,
                        "SurvivalTest.s12HighWatermarkSurvivesAsALowerBound"),
                always(
                        "R15 a log that lost records does not say so",
                        "LoadedLog.lostRecords",
                        false,
                        "SurvivalTest.r15LogThatEndsBelowItsHighWatermarkHasLostRecords"),
                instead(
                        "R14 a power loss is taken for a kill",
                        "MemoryDisk.cacheLife",
                        PlantedBugs.NeverLosesPower.class,
                        "SurvivalTest.r14MachineThatLostPowerProvesNothing"),
                without(
                        "R14 what recovery found is passed over",
                        "StoreProof.doubt",
                        "SurvivalTest.r14DamagedTailIsALossForGood"),
                altered(
                        "R14 the mark stays during a load",
                        "MemoryDisk.delete",
                        PlantedBugs.KeepsTheMark.class,
                        "SurvivalTest.r14DamagedTailIsALossForGood"),
                without(
                        "R14 a folder that failed keeps its mark",
                        "StoreProof.unmark",
                        "SurvivalTest.r14FolderThatFailedProvesNothing"),
                altered(
                        "R14 one folder speaks for all",
                        "StoreProof.found",
                        PlantedBugs.AsksOneFolder.class,
                        "SurvivalTest.r14AllFoldersMustAgree"));
    }

    static Stream<Mutant> all() {
        return Stream.of(recovery(), durability(), limits(), producers(), replicas())
                .flatMap(mutants -> mutants);
    }

    static List<String> tests() {
        return all().map(Mutant::test).distinct().toList();
    }

    @ParameterizedTest
    @MethodSource("all")
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void plantedBugIsCaught(Mutant mutant) throws Throwable {
        MutantLoader loader = new MutantLoader(PACKAGE).plant(mutant.place, mutant.planting);
        try {
            loader.run(mutant.test);
        } catch (Exception | AssertionError e) {
            assertThat(e).as("the bug itself, not its planting").isNotInstanceOf(ReflectiveOperationException.class);
            return;
        }
        fail(mutant.test + " does not notice");
    }

    /** Or it would be the loader that is caught. */
    @ParameterizedTest
    @MethodSource("tests")
    void testPassesWithoutAPlantedBug(String test) throws Throwable {
        new MutantLoader(PACKAGE).run(test);
    }
}
