package io.sluice.log;

/**
 * Whom a data folder belongs to; a folder of another cluster or broker is not opened (S15).
 *
 * @param clusterId the cluster's id
 * @param brokerId {@code node.id}
 */
public record StoreIdentity(String clusterId, int brokerId) {}
