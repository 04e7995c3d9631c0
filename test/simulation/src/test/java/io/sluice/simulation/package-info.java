/** A whole cluster in one thread, on a simulated clock, network, disk and coordination store. */
@NullMarked
package io.sluice.simulation;

import org.jspecify.annotations.NullMarked;
