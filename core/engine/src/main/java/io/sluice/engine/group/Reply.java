package io.sluice.engine.group;

/** Where the answer to one request goes. Used once. */
@FunctionalInterface
interface Reply<R> {
    void send(R response);
}
