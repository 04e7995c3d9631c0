/** The only code that knows ZooKeeper: the coordination store on it, and a server inside the broker's JVM. */
@NullMarked
package io.sluice.zookeeper;

import org.jspecify.annotations.NullMarked;
