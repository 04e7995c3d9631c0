/** The composition root: settings in, a running broker out. */
@NullMarked
package io.sluice.server;

import org.jspecify.annotations.NullMarked;
