package io.sluice.log;

import io.sluice.base.EpochChain;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bind.annotation.This;
import org.jspecify.annotations.Nullable;

/** Code that is put in the place of the log's own by {@link LogMutantsTest}: each does one thing wrong. */
final class PlantedBugs {
    private PlantedBugs() {}

    /** Says of a log what is written as if it were flushed. */
    static final class CheckpointsWhatIsWritten {
        static LogSummary summary(@This PartitionLog log) {
            String folder = String.valueOf(log.path().getFileName());
            return new LogSummary(
                    log.id(), folder, log.startOffset(), log.written(), log.epochs(), 0, LogState.NEVER_CUT);
        }
    }

    /** Believes in a start beyond what is on disk. */
    static final class CheckpointsAnyStart {
        static LogSummary summary(@This PartitionLog log) {
            String folder = String.valueOf(log.path().getFileName());
            return new LogSummary(
                    log.id(), folder, log.startOffset(), log.flushPoint(), log.epochs(), 0, LogState.NEVER_CUT);
        }
    }

    /** Overwrites a small file where it lies. */
    static final class WritesInPlace {
        static void replace(Disk disk, Path path, ByteBuffer content) throws IOException {
            try (DiskFile file = disk.create(path)) {
                file.truncate(0);
                FileBytes.writeFully(file, content, 0);
                file.sync();
            }
        }
    }

    /** Does not look how much was written. */
    static final class TrustsWrites {
        static void writeFully(DiskFile file, ByteBuffer source, long position) throws IOException {
            file.write(source, position);
        }

        static void writeFully(DiskFile file, ByteBuffer[] sources, int count, long position) throws IOException {
            file.write(sources, 0, count, position);
        }
    }

    /** Waits for nobody. */
    static final class WaitsForNobody {
        static CompletableFuture<Void> settled() {
            return CompletableFuture.completedFuture(null);
        }

        static CompletionStage<Void> request(PartitionLog log) {
            return CompletableFuture.completedFuture(null);
        }
    }

    /** Holds up a log's flushes without waiting for the one under way. */
    static final class PausesNothing {
        static CompletableFuture<Void> pause() {
            return CompletableFuture.completedFuture(null);
        }

        static CompletableFuture<Void> idle() {
            return CompletableFuture.completedFuture(null);
        }
    }

    /** Makes a segment's file for whoever asks. */
    static final class MakesFilesForReaders {
        static DiskFile acquire(@This SegmentFile file) throws IOException {
            return file.acquireOrCreate();
        }
    }

    /** Goes on without the checkpoint. */
    static final class CutsAtOnce {
        static void checkpoint(Runnable next) {
            next.run();
        }
    }

    /** Keeps epochs that begin where the log is cut. */
    static final class KeepsEpochs {
        static LeaderEpochs before(@This LeaderEpochs epochs) {
            return epochs;
        }
    }

    /** Takes what it is told of the page cache for the same always. */
    static final class NeverLosesPower {
        static Optional<String> cacheLife(Path folder) {
            return Optional.of("always the same");
        }
    }

    /** Looks at one folder only. */
    static final class AsksOneFolder {
        @Advice.OnMethodEnter
        static void enter(
                @Advice.FieldValue("folders") List<DataFolder> folders,
                @Advice.FieldValue("chains") Map<DataFolder, EpochChain> chains,
                @Advice.Argument(1) EpochChain proves) {
            for (DataFolder folder : folders) {
                chains.putIfAbsent(folder, proves);
            }
        }
    }

    /** Leaves the mark where it is while it loads. */
    static final class KeepsTheMark {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean skip(@Advice.Argument(0) Path path) {
            return path.endsWith("broker-epoch");
        }
    }

    /** Forgets to force the shortened segment to disk. */
    static final class ForgetsToSyncSegments {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean skip(@Advice.FieldValue("path") Path path) {
            return path.toString().endsWith(".log");
        }
    }

    /** Takes a folder though another broker has it. */
    static final class LocksNothing {
        static Optional<Closeable> lock(Path file) {
            return Optional.of(() -> {});
        }
    }

    /** Sequence numbers go on below zero. */
    static final class NeverWraps {
        static int sequenceAfter(int sequence, int steps) {
            return sequence + steps;
        }
    }

    static final class HighWatermarkIsTheEnd {
        static long highWatermark(@This PartitionLog log) {
            return log.endOffset();
        }
    }

    /** Leaves the manifest where it is. */
    static final class KeepsTheManifest {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean skip(@Advice.Argument(0) Path from) {
            return from.endsWith("clean-shutdown");
        }
    }

    /** Forgets to force small files to disk before their rename. */
    static final class ForgetsToSyncSmallFiles {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean skip(@Advice.FieldValue("path") Path path) {
            return path.toString().endsWith(".tmp");
        }
    }

    /** Has no reserve for the broker's own logs. */
    static final class KnowsNoInternalLogs {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 0, readOnly = false) boolean internal) {
            internal = false;
        }
    }

    /** Removes what is not replicated. */
    static final class RetentionWithoutHighWatermark {
        @Advice.OnMethodEnter
        static void enter(@Advice.Argument(value = 2, readOnly = false) long highWatermark) {
            highWatermark = Long.MAX_VALUE;
        }
    }

    /** Begins a removal before the one before is done. */
    static final class RemovesAtOnce {
        @Advice.OnMethodEnter
        static void enter(@Advice.FieldValue(value = "removing", readOnly = false) boolean removing) {
            removing = false;
        }
    }

    /** Closes a removed file under its readers. */
    static final class ClosesUnderReaders {
        @Advice.OnMethodEnter
        static void enter(@Advice.FieldValue("file") @Nullable DiskFile file) throws IOException {
            if (file != null) {
                file.close();
            }
        }
    }

    /** Takes a producer that it does not know for one that must begin at sequence 0. */
    static final class KnowsEveryProducer {
        @Advice.OnMethodExit
        static void exit(
                @Advice.Argument(0) long producerId, @Advice.Return(readOnly = false) @Nullable ProducerState state) {
            if (state == null) {
                state = new ProducerState(producerId, (short) 0);
            }
        }
    }

    /** Forgets producers whatever they have open. */
    static final class ExpiresOpenTransactions {
        @Advice.OnMethodEnter
        static void enter(@Advice.This ProducerStates states) {
            forgetTransactions(states);
        }
    }

    static void forgetTransactions(ProducerStates states) {
        states.forEach(state -> state.transactionStart = -1);
    }

    /** Takes no notice of transaction markers. */
    static final class OverlooksMarkers {
        @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
        static boolean skip(@Advice.Argument(0) ByteBuffer buffer, @Advice.Argument(1) int at) {
            return BatchHeader.control(buffer, at);
        }
    }
}
