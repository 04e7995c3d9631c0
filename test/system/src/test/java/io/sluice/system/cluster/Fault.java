package io.sluice.system.cluster;

import org.apache.kafka.clients.admin.Admin;

/**
 * Something that happens to a cluster.
 *
 * @param name of its kind
 * @param deed does it, and mends what it broke
 */
record Fault(String name, Deed deed) {
    /** Does it to a whole cluster; all processes run again when it returns, ready or not. */
    @FunctionalInterface
    interface Deed {
        Blow strike(Admin admin) throws Exception;
    }

    /**
     * What was done.
     *
     * @param what to whom
     * @param bit whether the cluster was seen to suffer; what kills a process always bites
     */
    record Blow(String what, boolean bit) {
        static Blow of(String what) {
            return new Blow(what, true);
        }
    }
}
