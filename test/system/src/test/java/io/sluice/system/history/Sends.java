package io.sluice.system.history;

/** What one writer sent to one partition, by the record's number: when, when it was acked and where. Not thread-safe. */
final class Sends {
    /** Neither acked nor refused: it may be there or not. */
    static final long UNKNOWN = -1;

    static final long REFUSED = -2;
    /** Acked by a broker that knew it had the record, but not where. */
    static final long SOMEWHERE = -3;

    private final Longs sentNanos = new Longs(0);
    private final Longs ackedNanos = new Longs(Long.MAX_VALUE);
    private final Longs offsets = new Longs(UNKNOWN);

    void sending(long number, long nanos) {
        sentNanos.set(number, nanos);
        offsets.set(number, UNKNOWN);
    }

    void acked(long number, long offset, long nanos) {
        offsets.set(number, offset < 0 ? SOMEWHERE : offset);
        ackedNanos.set(number, nanos);
    }

    void refused(long number) {
        offsets.set(number, REFUSED);
    }

    /** How many were sent. */
    int size() {
        return sentNanos.size();
    }

    long sentNanos(long number) {
        return sentNanos.get(number);
    }

    long ackedNanos(long number) {
        return ackedNanos.get(number);
    }

    /** Where it lies, or one of the constants. */
    long offset(long number) {
        return offsets.get(number);
    }

    long count(long outcome) {
        long count = 0;
        for (int i = 0; i < size(); i++) {
            count += offsets.get(i) == outcome ? 1 : 0;
        }
        return count;
    }
}
