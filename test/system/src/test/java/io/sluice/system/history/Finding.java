package io.sluice.system.history;

/** One anomaly: which, and where. */
public record Finding(Anomaly anomaly, String where) {}
