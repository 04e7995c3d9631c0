/** The broker's heart, free of any protocol: partitions, reads and writes, and what follows the cluster image. */
@NullMarked
package io.sluice.engine;

import org.jspecify.annotations.NullMarked;
