/** Kafka's protocol: frames in, engine calls, frames out. Translates and decides nothing. */
@NullMarked
package io.sluice.kafka;

import org.jspecify.annotations.NullMarked;
