/** One handler per Kafka request type. */
@NullMarked
package io.sluice.kafka.handler;

import org.jspecify.annotations.NullMarked;
