package io.sluice.system.history;

import io.sluice.system.crash.Payload;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * All that was sent to one partition and all that readers found in it. Writers' and readers' threads come in as they
 * like; {@link #conclude} is for when they have ended.
 */
final class PartitionHistory {
    private static final long NOBODY = -1;
    private static final int NOWHERE = -1;
    /** A value is kept as writer and number in one long. */
    private static final int NUMBER_BITS = 48;

    private final String name;
    private final boolean idempotent;
    private final BiConsumer<Anomaly, String> findings;
    private final Moments moments;
    private final Map<Integer, Sends> writers = new TreeMap<>();
    /** What lies at each offset, as the first reader found it. */
    private final Longs found = new Longs(NOBODY);

    private long acked;
    private long lastAckNanos;
    private long longestPauseNanos;
    private int awaitedFrom = Integer.MAX_VALUE;
    private boolean recovered;

    /**
     * @param idempotent whether its writers are
     */
    PartitionHistory(String name, boolean idempotent, Moments moments, BiConsumer<Anomaly, String> findings) {
        this.name = name;
        this.idempotent = idempotent;
        this.moments = moments;
        this.findings = findings;
        this.lastAckNanos = moments.nanos();
    }

    synchronized void sending(Payload payload) {
        writers.computeIfAbsent(payload.writer(), writer -> new Sends()).sending(payload.number(), moments.start());
    }

    synchronized void acked(Payload payload, long offset) {
        long now = moments.nanos();
        Sends sends = writers.get(payload.writer());
        sends.acked(payload.number(), offset, moments.end());
        acked++;
        longestPauseNanos = Math.max(longestPauseNanos, now - lastAckNanos);
        lastAckNanos = now;
        recovered |= sends.sentAt(payload.number()) >= awaitedFrom;
    }

    synchronized void refused(Payload payload) {
        writers.get(payload.writer()).refused(payload.number());
    }

    synchronized long acked() {
        return acked;
    }

    synchronized long count(int outcome) {
        return writers.values().stream()
                .mapToLong(sends -> sends.count(outcome))
                .sum();
    }

    /** Looks for pauses between acks from now on. */
    synchronized void watchPauses() {
        longestPauseNanos = 0;
    }

    synchronized long longestPauseNanos() {
        return longestPauseNanos;
    }

    synchronized long silenceNanos() {
        return moments.nanos() - lastAckNanos;
    }

    /** Looks for an ack of something that is sent from now on. */
    synchronized void awaitAck() {
        awaitedFrom = moments.end();
        recovered = false;
    }

    synchronized boolean recovered() {
        return recovered;
    }

    /** A reader found this value; whoever reads an offset again must find the same (4). */
    synchronized void found(String reader, long offset, byte[] bytes) {
        long value;
        try {
            Payload payload = Payload.parse(bytes);
            value = (long) payload.writer() << NUMBER_BITS | payload.number();
        } catch (AssertionError torn) {
            findings.accept(Anomaly.TORN, at(offset) + " as " + reader + " found it: " + torn.getMessage());
            return;
        }
        long known = found.get(offset);
        if (known == NOBODY) {
            found.set(offset, value);
        } else if (known != value) {
            findings.accept(
                    Anomaly.TWO_VALUES,
                    at(offset) + ": " + said(known) + ", and as " + reader + " found it " + said(value));
        }
    }

    /** The last offset that an ack names, -1 for none. */
    synchronized long lastAcked() {
        long last = -1;
        for (Sends sends : writers.values()) {
            for (long i = 0; i < sends.size(); i++) {
                last = Math.max(last, sends.offset(i));
            }
        }
        return last;
    }

    /** Compares what was found, which must be all that there is, with what was sent. */
    synchronized void conclude() {
        Map<Integer, Ints> places = new HashMap<>();
        writers.keySet().forEach(writer -> places.put(writer, new Ints(NOWHERE)));
        inOrderOfOffsets(places);
        writers.forEach((writer, sends) -> everythingAcked(writer, sends, places.get(writer)));
    }

    private void inOrderOfOffsets(Map<Integer, Ints> places) {
        Map<Integer, Long> lastNumbers = new HashMap<>();
        int latestSend = Integer.MIN_VALUE;
        for (long offset = 0; offset < found.size(); offset++) {
            long value = found.get(offset);
            if (value == NOBODY) {
                continue; // already noted: torn, or skipped
            }
            int writer = writer(value);
            long number = number(value);
            Sends sends = writers.get(writer);
            if (sends == null || number >= sends.size()) {
                findings.accept(Anomaly.NEVER_SENT, at(offset) + ": " + said(value));
                continue;
            }
            if (sends.offset(number) == Sends.REFUSED) {
                findings.accept(Anomaly.REFUSED_BUT_READ, at(offset) + ": " + said(value));
            }
            if (idempotent) {
                inOrderOfNumbers(offset, value, lastNumbers.getOrDefault(writer, -1L));
            }
            lastNumbers.merge(writer, number, Math::max);
            if (sends.offset(number) == offset) {
                // Only where it was acked: an earlier attempt may have left a copy that nobody was told of.
                if (sends.ackedAt(number) < latestSend) {
                    findings.accept(
                            Anomaly.BEFORE_ITS_TIME,
                            at(offset) + ": " + said(value) + " comes after what was sent later");
                }
            }
            latestSend = Math.max(latestSend, sends.sentAt(number));
            if (places.get(writer).get(number) == NOWHERE || sends.offset(number) == offset) {
                places.get(writer).set(number, Math.toIntExact(offset));
            }
        }
    }

    private void inOrderOfNumbers(long offset, long value, long last) {
        if (number(value) <= last) {
            findings.accept(Anomaly.REPEATED, at(offset) + ": " + said(value) + " after number " + last);
        } else if (number(value) != last + 1) {
            findings.accept(Anomaly.OUT_OF_ORDER, at(offset) + ": " + said(value) + " after number " + last);
        }
    }

    private void everythingAcked(int writer, Sends sends, Ints places) {
        for (long number = 0; number < sends.size(); number++) {
            int promised = sends.offset(number);
            int place = places.get(number);
            if (promised == Sends.UNKNOWN || promised == Sends.REFUSED) {
                continue;
            }
            String what = name + ": number " + number + " of writer " + writer;
            if (place == NOWHERE) {
                findings.accept(Anomaly.LOST, what + ", acked at " + promised);
            } else if (promised != Sends.SOMEWHERE && promised != place) {
                findings.accept(Anomaly.MISPLACED, what + ", acked at " + promised + ", is at " + place);
            }
        }
    }

    private String at(long offset) {
        return name + " offset " + offset;
    }

    private static int writer(long value) {
        return (int) (value >>> NUMBER_BITS);
    }

    private static long number(long value) {
        return value & (1L << NUMBER_BITS) - 1;
    }

    private static String said(long value) {
        return "number " + number(value) + " of writer " + writer(value);
    }
}
