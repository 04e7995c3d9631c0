/** What every other module stands on: clocks, loops, workers and randomness as ports, and small value types. */
@NullMarked
package io.sluice.base;

import org.jspecify.annotations.NullMarked;
