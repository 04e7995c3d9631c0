package io.sluice.log;

import java.nio.file.Path;

/**
 * What a segment needs of its surroundings.
 *
 * @param folder the partition's
 * @param openFiles opens its files
 * @param appended counts what is appended
 */
record SegmentPlace(Path folder, OpenFiles openFiles, AppendedBytes appended) {}
