package io.sluice.cluster;

/** The broker that asks the controller for something, and the registration under which it believes to be known. */
record Asker(int brokerId, long brokerEpoch) {}
