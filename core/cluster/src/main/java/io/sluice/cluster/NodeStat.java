package io.sluice.cluster;

/**
 * What the store knows about a node besides its bytes.
 *
 * @param createdBy the transaction that created it: unique per creation, growing over the store's life
 * @param version counts the writes since creation, from 0
 * @param ephemeralOwner the session it lives and dies with, or 0
 */
public record NodeStat(long createdBy, int version, long ephemeralOwner) {}
