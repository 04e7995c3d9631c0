package io.sluice.network;

/** What an attempt to connect found. */
public enum Probe {
    /** Somebody accepts connections there. */
    ACCEPTS,
    /** The machine is there and says that nobody listens. */
    REFUSES,
    /** No answer, or none that says anything. */
    UNKNOWN
}
