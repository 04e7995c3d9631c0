/** Sockets: listeners, connections and their limits, the loops, and the interface that a wire protocol plugs into. */
@NullMarked
package io.sluice.network;

import org.jspecify.annotations.NullMarked;
