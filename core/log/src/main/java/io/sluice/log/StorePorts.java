package io.sluice.log;

import io.sluice.base.Clock;
import io.sluice.base.Loops;
import io.sluice.base.Workers;

/**
 * What the store runs on.
 *
 * @param disk the file system
 * @param clock time
 * @param loops the threads that own the logs; {@link Loops#homeOf} of {@link LogId#hashCode} is a log's home
 * @param workers for whatever blocks
 */
public record StorePorts(Disk disk, Clock clock, Loops loops, Workers workers) {}
