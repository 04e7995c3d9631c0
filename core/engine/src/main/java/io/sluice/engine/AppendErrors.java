package io.sluice.engine;

import io.sluice.log.Staged;
import io.sluice.log.Verdict;

/** What the log's refusals mean to whoever appends. */
final class AppendErrors {
    private AppendErrors() {}

    static AppendError of(Verdict.Reason reason) {
        return switch (reason) {
            case CORRUPT -> AppendError.CORRUPT_BATCH;
            case INVALID_RECORD -> AppendError.INVALID_BATCH;
            case TOO_LARGE -> AppendError.BATCH_TOO_LARGE;
            case INVALID_TIMESTAMP -> AppendError.INVALID_TIMESTAMP;
            case UNSUPPORTED_COMPRESSION -> AppendError.UNSUPPORTED_COMPRESSION;
        };
    }

    static AppendError of(Staged.Reason reason) {
        return switch (reason) {
            case OUT_OF_ORDER_SEQUENCE -> AppendError.OUT_OF_ORDER_SEQUENCE;
            case INVALID_PRODUCER_EPOCH -> AppendError.FENCED_PRODUCER;
            case TOO_LARGE -> AppendError.BATCH_TOO_LARGE;
            case DISK_FULL -> AppendError.DISK_FULL;
            case CORRUPT -> AppendError.CORRUPT_BATCH;
            case NOT_CONTIGUOUS, OLDER_EPOCH -> AppendError.INVALID_BATCH;
            case RECOVERING, UNAVAILABLE -> AppendError.STORAGE_FAILED;
        };
    }
}
