/**
 * The partition log on disk: segments of Kafka v2 batches, their indexes, recovery, producer state, retention. Knows
 * nothing of clients, of protocols or of other brokers.
 */
@NullMarked
package io.sluice.log;

import org.jspecify.annotations.NullMarked;
