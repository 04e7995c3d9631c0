/** What makes copies of a partition agree: the leader's and the follower's state, as pure functions of what they hear. */
@NullMarked
package io.sluice.replication;

import org.jspecify.annotations.NullMarked;
