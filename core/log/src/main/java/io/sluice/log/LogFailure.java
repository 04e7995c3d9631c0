package io.sluice.log;

import java.nio.file.Path;

/** Why a log does not do what it is asked. */
public sealed interface LogFailure {
    /** For people: what happened, and where. */
    String message();

    /** The disk is full; what was staged is gone. Passes by itself when space returns. */
    record DiskFull(Path folder) implements LogFailure {
        @Override
        public String message() {
            return "the disk of data folder " + folder + " is full";
        }
    }

    /** No file could be opened; what was staged is gone. Passes by itself when the process has descriptors again. */
    record OutOfDescriptors(Path folder) implements LogFailure {
        @Override
        public String message() {
            return "no file in data folder " + folder + " can be opened now: the process has too many open files";
        }
    }

    /** The log rebuilds its state after a failed write, or cuts its end off. Passes by itself within moments. */
    record Recovering(LogId id) implements LogFailure {
        @Override
        public String message() {
            return "partition " + id + " restores its state after a failed write or a truncation";
        }
    }

    /** Writing or flushing failed, so what the disk holds is unknown: the whole data folder is out of service. */
    record FolderFailed(Path folder, String cause) implements LogFailure {
        @Override
        public String message() {
            return "data folder " + folder + " is out of service: " + cause;
        }
    }

    /**
     * Bytes that had been flushed are damaged or missing. Nothing is cut off and nothing is served.
     *
     * @param position where in the file
     */
    record Corrupt(Path file, long position, String detail) implements LogFailure {
        @Override
        public String message() {
            return file + " is corrupt at byte " + position + ": " + detail;
        }
    }

    /** A file of the log could not be read, now. */
    record Unreadable(Path file, String cause) implements LogFailure {
        @Override
        public String message() {
            return file + " cannot be read: " + cause;
        }
    }

    /** The log is closed or deleted. */
    record Closed(LogId id) implements LogFailure {
        @Override
        public String message() {
            return "partition " + id + " is closed";
        }
    }
}
