/** A Sluice broker inside a test's JVM, for anybody's tests. */
@NullMarked
package io.sluice.testkit;

import org.jspecify.annotations.NullMarked;
