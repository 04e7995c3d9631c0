package io.sluice.system.history;

/**
 * What one writer sent to one partition, by the record's number: when, when it was acked and where. 12 bytes a record: a
 * soak has millions. Not thread-safe.
 */
final class Sends {
    /** Neither acked nor refused: it may be there or not. */
    static final int UNKNOWN = -1;

    static final int REFUSED = -2;
    /** Acked by a broker that knew it had the record, but not where. */
    static final int SOMEWHERE = -3;

    private final Ints sentAt = new Ints(0);
    private final Ints ackedAt = new Ints(Integer.MAX_VALUE);
    private final Ints offsets = new Ints(UNKNOWN);

    void sending(long number, int at) {
        sentAt.set(number, at);
        offsets.set(number, UNKNOWN);
    }

    void acked(long number, long offset, int at) {
        offsets.set(number, offset < 0 ? SOMEWHERE : Math.toIntExact(offset));
        ackedAt.set(number, at);
    }

    void refused(long number) {
        offsets.set(number, REFUSED);
    }

    /** How many were sent. */
    long size() {
        return sentAt.size();
    }

    /** In ticks of {@link Moments}, never later than it was. */
    int sentAt(long number) {
        return sentAt.get(number);
    }

    /** In ticks of {@link Moments}, never earlier than it was. */
    int ackedAt(long number) {
        return ackedAt.get(number);
    }

    /** Where it lies, or one of the constants. */
    int offset(long number) {
        return offsets.get(number);
    }

    long count(int outcome) {
        long count = 0;
        for (long i = 0; i < size(); i++) {
            count += offsets.get(i) == outcome ? 1 : 0;
        }
        return count;
    }
}
