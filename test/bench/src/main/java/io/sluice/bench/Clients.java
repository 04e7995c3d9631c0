package io.sluice.bench;

/**
 * Which load generators produce.
 *
 * @param small for one record per request
 * @param produceVersion the version of the Produce request that the lean client speaks, 9 to 13
 */
record Clients(Kind small, short produceVersion) {
    /** {@code lean}: this module's own, whose requests are encoded beforehand; {@code java}: the official producer. */
    enum Kind {
        LEAN,
        JAVA;

        String label() {
            return this == LEAN ? "lean client" : "official Java client";
        }
    }
}
