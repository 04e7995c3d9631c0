package io.sluice.log;

/**
 * Where a log lives.
 *
 * @param parts what it shares with all logs of the store
 * @param home what it shares with the logs of its loop
 * @param folder the data folder
 * @param segments what its segments need; names the partition's folder
 * @param folderNumber of the partition's folder among those made in the data folder, 0 when it was found there
 */
record LogPlace(StoreParts parts, LoopParts home, DataFolder folder, SegmentPlace segments, long folderNumber) {}
