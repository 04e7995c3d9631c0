/** Group coordinators: who is in a group, who reads what, and how far each group has come. Free of any protocol. */
@NullMarked
package io.sluice.engine.group;

import org.jspecify.annotations.NullMarked;
