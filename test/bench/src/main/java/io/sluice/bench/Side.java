package io.sluice.bench;

/** The two sides of a comparison: the subject's figure is divided by the peer's. */
enum Side {
    SUBJECT,
    PEER;

    Side other() {
        return this == SUBJECT ? PEER : SUBJECT;
    }
}
