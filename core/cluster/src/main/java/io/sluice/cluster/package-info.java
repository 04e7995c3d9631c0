/**
 * What the cluster is made of and who decides about it: the immutable image, the coordination store as a port, the
 * controller, and this node's membership. No threads: everything runs on the control loop that the caller gives.
 */
@NullMarked
package io.sluice.cluster;

import org.jspecify.annotations.NullMarked;
