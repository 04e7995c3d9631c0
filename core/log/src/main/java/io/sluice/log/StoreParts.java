package io.sluice.log;

import io.sluice.base.Clock;
import io.sluice.base.Workers;

/** What all logs of a store share. */
record StoreParts(
        Disk disk,
        Clock clock,
        Workers workers,
        OpenFiles openFiles,
        AppendedBytes appended,
        Removals removals,
        Checkpoints checkpoints,
        StoreListener listener,
        StoreConfig.Background background) {}
