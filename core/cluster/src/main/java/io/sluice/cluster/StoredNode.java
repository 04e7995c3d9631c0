package io.sluice.cluster;

/** A node's bytes and what the store knows about it. The bytes must not be changed. */
public record StoredNode(byte[] data, NodeStat stat) {}
