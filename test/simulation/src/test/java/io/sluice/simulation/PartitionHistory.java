package io.sluice.simulation;

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
    private final Map<String, Attempt> attempts = new HashMap<>();
    private final List<LogCopy.Entry> committed = new ArrayList<>();
    /** Per offset that was acknowledged before it was seen below a high watermark: the value. */
    private final Map<Long, String> promised = new HashMap<>();

    private final Map<String, Integer> lastOfProducer = new HashMap<>();
    private final Map<Integer, Integer> leaderOfEpoch = new HashMap<>();
    private int committedInEpoch = -1;
    private int acknowledged;

    PartitionHistory(String name, World world) {
        this.name = name;
        this.world = world;
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

    /** At the end: nothing that was acknowledged is missing. */
    void nothingIsMissing() {
        world.require(
                promised.isEmpty(),
                name + " r1: acknowledged, but not committed in the end: " + new java.util.TreeMap<>(promised));
    }
}
