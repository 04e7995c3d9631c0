package io.sluice.engine.group;

import java.util.Optional;

/** One record of a coordinator's log, encoded. {@code value} is empty for a tombstone. */
public record CoordinatorRecord(Bytes key, Optional<Bytes> value) {}
