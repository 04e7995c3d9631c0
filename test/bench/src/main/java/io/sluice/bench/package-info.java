/** The same work against Sluice and its peers, in one run: what {@code sluice bench} does. */
@NullMarked
package io.sluice.bench;

import org.jspecify.annotations.NullMarked;
