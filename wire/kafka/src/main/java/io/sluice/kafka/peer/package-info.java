/** This broker as a client of others: messages about the cluster, and the fetches of replicas. */
@NullMarked
package io.sluice.kafka.peer;

import org.jspecify.annotations.NullMarked;
