/** The {@code sluice} command: one class per command, what they print in classes of its own. */
@NullMarked
package io.sluice.cli;

import org.jspecify.annotations.NullMarked;
