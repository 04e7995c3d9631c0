package io.sluice.simulation;

import io.sluice.log.LogId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known of one partition: what producers tried, what they were told, and the records that some replica once held
 * below its high watermark. Those are final: whatever any replica or reader shows afterwards must agree.
 */
final class PartitionHistory {
    /** One record that a producer sends, at least once. */
    static final class Attempt {
        final String producer;
        final int number;
        final boolean idempotent;
        /** Where the producer was told that it is, -1 while it was not told. */
        long acknowledgedAt = -1;

        Attempt(String producer, int number, boolean idempotent) {
            this.producer = producer;
            this.number = number;
            this.idempotent = idempotent;
        }
    }

    private final String name;
    private final World world;
    /** Whether brokers write it for themselves; what they mean to write nobody knows beforehand. */
    private final boolean internal;

    private final Map<String, Attempt> attempts = new HashMap<>();
    private final List<LogCopy.Entry> committed = new ArrayList<>();
    /** Per offset that was acknowledged before it was seen below a high watermark: the value. */
    private final Map<Long, String> promised = new HashMap<>();

    private final Map<String, Integer> lastOfProducer = new HashMap<>();
    private final Map<Integer, Integer> leaderOfEpoch = new HashMap<>();
    private int committedInEpoch = -1;
    private int acknowledged;
    /** Up to where records may be gone by now. */
    private long mayBeginAt;
    /** Up to where they must be. */
    private long deletedTo;

    private boolean gone;

    PartitionHistory(LogId partition, World world) {
        this.name = partition.toString();
        this.world = world;
        this.internal = partition.topic().startsWith("__");
        this.mayBeginAt = world.options().retainsAll(partition.topic()) ? 0 : Long.MAX_VALUE;
    }

    String name() {
        return name;
    }

    /** How many records are committed for good. */
    long size() {
        return committed.size();
    }

    int acknowledged() {
        return acknowledged;
    }

    void attempted(String value, String producer, int number, boolean idempotent) {
        attempts.put(value, new Attempt(producer, number, idempotent));
    }

    /** A producer was told that all replicas in sync have its record. */
    void acknowledged(String value, long offset) {
        Attempt attempt = attempts.get(value);
        if (attempt == null) {
            world.violated(name + ": " + value + " is acknowledged and was never sent");
            return;
        }
        if (attempt.acknowledgedAt >= 0 && attempt.idempotent) {
            world.require(
                    attempt.acknowledgedAt == offset,
                    name + " t1: " + value + " is acknowledged at " + offset + " and before at "
                            + attempt.acknowledgedAt);
        }
        acknowledged++;
        attempt.acknowledgedAt = offset;
        if (offset < committed.size()) {
            String there = committed.get((int) offset).value();
            world.require(
                    there.equals(value),
                    name + " r1: " + value + " is acknowledged at offset " + offset + " where " + there + " is");
        } else {
            String before = promised.put(offset, value);
            world.require(
                    before == null || before.equals(value),
                    name + " r1: offset " + offset + " is acknowledged for " + before + " and for " + value);
        }
    }

    /** A replica shows a record below its high watermark. */
    void below(LogCopy.Entry entry, String who) {
        if (entry.offset() < committed.size()) {
            LogCopy.Entry known = committed.get((int) entry.offset());
            world.require(
                    known.equals(entry),
                    name + " log matching: " + who + " has " + entry + " where " + known + " is committed");
        } else if (entry.offset() == committed.size()) {
            commit(entry, who);
        } else {
            world.violated(name + ": " + who + " skips from offset " + committed.size() + " to " + entry.offset());
        }
    }

    private void commit(LogCopy.Entry entry, String who) {
        committed.add(entry);
        Attempt attempt = attempts.get(entry.value());
        if (internal) {
            return;
        }
        if (attempt == null) {
            world.violated(name + ": " + who + " has " + entry + " which nobody sent");
            return;
        }
        String acknowledgedHere = promised.remove(entry.offset());
        world.require(
                acknowledgedHere == null || acknowledgedHere.equals(entry.value()),
                name + " r1: " + acknowledgedHere + " was acknowledged at offset " + entry.offset() + " but " + who
                        + " commits " + entry.value() + " there");
        if (attempt.idempotent) {
            int last = lastOfProducer.getOrDefault(attempt.producer, -1);
            world.require(
                    attempt.number == last + 1,
                    name + " t1/t2: " + who + " commits " + entry + " after number " + last + " of its producer");
            lastOfProducer.put(attempt.producer, attempt.number);
        }
    }

    /** A broker leads: there is none beside it in its epoch, and it has all that was committed in earlier ones. */
    void leads(int broker, int epoch, long logEnd) {
        Integer other = leaderOfEpoch.putIfAbsent(epoch, broker);
        if (other != null) {
            world.require(
                    other == broker,
                    name + " r9: brokers " + other + " and " + broker + " both lead in epoch " + epoch);
        }
        if (epoch > committedInEpoch) {
            world.require(
                    logEnd >= committed.size(),
                    name + " leader completeness: broker " + broker + " leads in epoch " + epoch + " and ends at "
                            + logEnd + ", but " + committed.size() + " records were committed in epoch "
                            + committedInEpoch);
        }
    }

    void committedIn(int epoch) {
        committedInEpoch = Math.max(committedInEpoch, epoch);
    }

    /** Somebody wants the records before {@code offset} gone; from now on they may be. */
    void deletionAsked(long offset) {
        mayBeginAt = Math.max(mayBeginAt, offset);
    }

    /**
     * Somebody was told that no replica that lives has the records before {@code lowWatermark} any more.
     *
     * @param byAll whether all replicas live: one that is away may lead with its records after those that had deleted
     *     them have lost their disks
     */
    void deleted(long lowWatermark, boolean byAll) {
        world.require(
                mayBeginAt(lowWatermark),
                name + ": told that all is deleted before " + lowWatermark + ", which nobody asked for");
        if (byAll) {
            deletedTo = Math.max(deletedTo, lowWatermark);
        }
    }

    boolean mayBeginAt(long start) {
        return start <= mayBeginAt;
    }

    /** Before which offset nobody may have anything. */
    long deletedTo() {
        return deletedTo;
    }

    /** Compares what a client reads. */
    void read(LogCopy.Entry entry, String reader) {
        world.require(
                entry.offset() < committed.size(),
                name + " r5: " + reader + " reads offset " + entry.offset() + " but only " + committed.size()
                        + " records are committed");
        if (entry.offset() < committed.size()) {
            below(entry, reader);
        }
    }

    /** Its topic is deleted: what was acknowledged is not owed any more. */
    void gone() {
        gone = true;
    }

    /** At the end: nothing that was acknowledged is missing. */
    void nothingIsMissing() {
        world.require(
                gone || promised.isEmpty(),
                name + " r1: acknowledged, but not committed in the end: " + new java.util.TreeMap<>(promised));
    }
}
