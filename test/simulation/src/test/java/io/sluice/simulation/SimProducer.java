package io.sluice.simulation;

import io.sluice.engine.AppendError;
import io.sluice.log.Codec;
import io.sluice.log.LogId;
import io.sluice.log.LogRecord;
import io.sluice.log.Records;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes numbered records to one partition and keeps at it until each batch is acknowledged. With idempotence, several
 * batches are in flight and all that are not acknowledged are sent again, in order, after any trouble; without, one batch
 * is in flight and a retry may write it twice.
 */
final class SimProducer extends SimClient {
    private static final int MOST_IN_FLIGHT = 4;

    /** How the producer writes. */
    enum Kind {
        IDEMPOTENT,
        PLAIN,
        /** acks=1, never sent again: it may get lost. */
        LEADER_ONLY
    }

    private static final class Batch {
        final int first;
        final List<String> values;
        boolean sent;

        Batch(int first, List<String> values) {
            this.first = first;
            this.values = values;
        }
    }

    private final Kind kind;
    private final long producerId;
    private final int paceMs;
    private final ArrayDeque<Batch> open = new ArrayDeque<>();
    private int next;
    private int acknowledged;
    private boolean writing = true;
    private long waitsUntilNanos;
    private String lastRefusal = "";

    SimProducer(World world, int hostId, LogId partition, Kind kind, int paceMs) {
        super(world, hostId, "producer" + hostId, partition);
        this.kind = kind;
        this.producerId = 1_000 + hostId;
        this.paceMs = paceMs;
    }

    void start() {
        lookUp();
        schedule(1, this::tick);
    }

    /** Begins nothing new; what is open is brought to its end. */
    void finish() {
        writing = false;
    }

    boolean done() {
        return open.isEmpty();
    }

    int acknowledged() {
        return acknowledged;
    }

    @Override
    public String toString() {
        return name() + " " + kind + " of " + partition + " open=" + open.size() + " next=" + next;
    }

    /** Several only once one is acknowledged: a leader that knows nothing of a producer takes any number for its first (T3). */
    private int mostOpen() {
        return kind == Kind.IDEMPOTENT && acknowledged > 0 ? MOST_IN_FLIGHT : 1;
    }

    private void tick() {
        if (writing && open.size() < mostOpen()) {
            open.add(newBatch());
        }
        send();
        schedule(chance().between(1, 2 * paceMs), this::tick);
    }

    private Batch newBatch() {
        List<String> values = new ArrayList<>();
        int first = next;
        for (int i = chance().between(1, 3); i > 0; i--) {
            String value = name() + "#" + next;
            history().attempted(value, name(), next, kind == Kind.IDEMPOTENT);
            values.add(value);
            next++;
        }
        return new Batch(first, values);
    }

    private void send() {
        if (!connected() || clock().nanoTime() < waitsUntilNanos) {
            return;
        }
        for (Batch batch : List.copyOf(open)) {
            if (!batch.sent && connected()) {
                batch.sent = true;
                send(batch);
            }
        }
    }

    private void send(Batch batch) {
        ByteBuffer bytes = encoded(batch);
        this.<FrontEnd.Produced>call(
                "produce",
                2_000,
                (broker, answer) -> broker.produce(partition, bytes, kind != Kind.LEADER_ONLY, answer),
                produced -> answered(batch, produced));
    }

    private ByteBuffer encoded(Batch batch) {
        List<LogRecord> records = new ArrayList<>();
        for (String value : batch.values) {
            String padded = value + " " + "x".repeat(chance().below(80));
            records.add(LogRecord.of(clock().wallMs(), utf8("key"), utf8(padded)));
        }
        return kind == Kind.IDEMPOTENT
                ? Records.batch(Codec.NONE, records, producerId, (short) 0, batch.first)
                : Records.batch(Codec.NONE, records);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void answered(Batch batch, FrontEnd.Produced produced) {
        if (!open.contains(batch)) {
            return;
        }
        if (produced instanceof FrontEnd.Produced.Done done) {
            open.remove(batch);
            lastRefusal = "";
            acknowledged += batch.values.size();
            if (kind != Kind.LEADER_ONLY) {
                for (int i = 0; i < batch.values.size(); i++) {
                    history().acknowledged(batch.values.get(i), done.baseOffset() + i);
                }
            }
            return;
        }
        FrontEnd.Produced.Refused refused = (FrontEnd.Produced.Refused) produced;
        if (refused.error() == AppendError.DUPLICATE_SEQUENCE || wasDeleted(batch, refused.error())) {
            open.remove(batch); // written, but nobody remembers where
            return;
        }
        if (!lastRefusal.equals(refused.message())) {
            lastRefusal = refused.message();
            world.simulation()
                    .say(name(), "batch " + batch.first + " is refused: " + refused.error() + " " + lastRefusal);
        }
        waitsUntilNanos = clock().nanoTime() + chance().between(20, 300) * Simulation.MILLIS;
        sendAgain();
        if (refused.error() == AppendError.NOT_LEADER
                || refused.error() == AppendError.LOST_LEADERSHIP_AFTER_APPEND
                || chance().oneIn(4)) {
            giveUpLeader();
        }
    }

    /**
     * A replica that begins anew behind deleted records knows of a producer only what comes after them. Before the oldest
     * open batch there is no gap, so what is out of order there has been written.
     */
    private boolean wasDeleted(Batch batch, AppendError error) {
        return error == AppendError.OUT_OF_ORDER_SEQUENCE
                && batch == open.peek()
                && history().mayBeginAt(1);
    }

    private void sendAgain() {
        if (kind == Kind.LEADER_ONLY) {
            open.clear();
        }
        open.forEach(batch -> batch.sent = false);
    }

    @Override
    void found() {
        send();
    }

    @Override
    void lost() {
        sendAgain();
    }
}
