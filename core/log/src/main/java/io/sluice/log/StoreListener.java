package io.sluice.log;

import java.nio.file.Path;

/** Hears of a data folder's troubles, on any thread; must not block. */
public interface StoreListener {
    StoreListener NONE = new StoreListener() {};

    /** A data folder went out of service for good: every log in it refuses appends from now on. */
    default void onFolderFailed(Path folder, String cause) {}

    /** A log was found damaged below its recovery point and is quarantined. */
    default void onCorrupt(LogId id, LogFailure.Corrupt failure) {}

    /** The soft limit of free disk space was crossed, in either direction. */
    default void onDiskSpace(Path folder, boolean low) {}
}
