package io.sluice.log;

import java.nio.file.Path;
import java.util.List;

/**
 * Settings of a broker's log store.
 *
 * @param folders {@code log.dirs}: one or more data folders
 * @param identity whom the folders belong to
 * @param background the pace of the store's own work
 * @param space when a disk counts as nearly full
 * @param maxOpenFiles most segment files open at a time (files that a reader holds come on top)
 * @param cachedBytes how many of the bytes appended last are taken to be in the page cache
 * @param recoveryThreads how many logs are recovered at once ({@code num.recovery.threads.per.data.dir})
 */
public record StoreConfig(
        List<Path> folders,
        StoreIdentity identity,
        Background background,
        DiskSpace space,
        int maxOpenFiles,
        long cachedBytes,
        int recoveryThreads) {
    public StoreConfig {
        folders = List.copyOf(folders);
        if (folders.isEmpty()) {
            throw new IllegalArgumentException("log.dirs names no folder");
        }
    }

    /** Defaults for these folders. */
    public static StoreConfig of(List<Path> folders, StoreIdentity identity) {
        return new StoreConfig(folders, identity, Background.DEFAULTS, DiskSpace.DEFAULTS, 4_000, 1L << 30, 2);
    }

    public StoreConfig withBackground(Background changed) {
        return new StoreConfig(folders, identity, changed, space, maxOpenFiles, cachedBytes, recoveryThreads);
    }

    public StoreConfig withSpace(DiskSpace changed) {
        return new StoreConfig(folders, identity, background, changed, maxOpenFiles, cachedBytes, recoveryThreads);
    }

    public StoreConfig withMaxOpenFiles(int changed) {
        return new StoreConfig(folders, identity, background, space, changed, cachedBytes, recoveryThreads);
    }

    /** @param changed most bytes appended last that are taken to be in the page cache */
    public StoreConfig withCachedBytes(long changed) {
        return new StoreConfig(folders, identity, background, space, maxOpenFiles, changed, recoveryThreads);
    }

    public StoreConfig withRecoveryThreads(int changed) {
        return new StoreConfig(folders, identity, background, space, maxOpenFiles, cachedBytes, changed);
    }

    /**
     * @param flushAfterMs how long written bytes may stay in the page cache only
     * @param flushAfterBytes how many bytes of one log may. It bounds what a recovery scans; the kernel's own write-back
     *     is gentler to those who append meanwhile, so this should seldom be what begins a flush
     * @param flushesPerSecond most logs that the age alone gets flushed in a second, per loop
     * @param checkpointMs how often the recovery checkpoint is written
     * @param retentionCheckMs {@code log.retention.check.interval.ms}
     * @param producerExpirationMs {@code producer.id.expiration.ms}
     * @param scrubBytesPerSecond how much flushed data is read and checked against its checksums, 0 for none
     */
    public record Background(
            long flushAfterMs,
            long flushAfterBytes,
            int flushesPerSecond,
            long checkpointMs,
            long retentionCheckMs,
            long producerExpirationMs,
            long scrubBytesPerSecond) {
        public static final Background DEFAULTS =
                new Background(30_000, 512L << 20, 64, 30_000, 300_000, 86_400_000, 1L << 20);
    }

    /**
     * At the soft limit producers are refused; internal logs go on down to a quarter of it.
     *
     * @param minFreeBytes the least that must stay free
     * @param minFreeShare the least share of the disk that must stay free; the larger of the two counts, but never more
     *     than a tenth of the disk
     * @param checkMs how often that is looked at
     */
    public record DiskSpace(long minFreeBytes, double minFreeShare, long checkMs) {
        public static final DiskSpace DEFAULTS = new DiskSpace(256L << 20, 0.02, 1_000);

        /** The soft limit on a disk of this size, in bytes. */
        public long softLimit(long totalBytes) {
            long wanted = Math.max(minFreeBytes, (long) (totalBytes * minFreeShare));
            return Math.min(wanted, totalBytes / 10);
        }
    }
}
