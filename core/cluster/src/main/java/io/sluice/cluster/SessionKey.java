package io.sluice.cluster;

/** Names a session of the coordination store and proves the right to it. The bytes must not be changed. */
public record SessionKey(long id, byte[] password) {}
