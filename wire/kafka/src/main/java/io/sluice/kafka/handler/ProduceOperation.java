package io.sluice.kafka.handler;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.sluice.base.Loop;
import io.sluice.engine.AcksWanted;
import io.sluice.engine.Engine;
import io.sluice.engine.Partition;
import io.sluice.engine.Partitions;
import io.sluice.kafka.AnswerEncoder;
import io.sluice.kafka.Exchange;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * One produce request under way. Filled in and started on the connection's loop; each partition's append runs on that
 * partition's home loop, one task per loop; whichever completes last ends the exchange.
 */
final class ProduceOperation implements AnswerEncoder {
    /** One topic of the request, with its partitions in order. */
    private record TopicPart(
            @Nullable String name, @Nullable UUID id, Partitions.@Nullable Topic topic, int first, int count) {}

    private static final short ACKS_NONE = 0;
    private static final short ACKS_LEADER = 1;
    private static final short ACKS_ALL = -1;

    private final Engine engine;
    private final Exchange exchange;
    private final short acks;
    private final AcksWanted wanted;
    private final boolean transactional;
    private final List<TopicPart> topics = new ArrayList<>(1);
    private final List<ProduceAppend> appends = new ArrayList<>(1);
    private final AtomicInteger remaining = new AtomicInteger();

    ProduceOperation(Engine engine, Exchange exchange, short acks, int timeoutMs, boolean transactional) {
        this.engine = engine;
        this.exchange = exchange;
        this.acks = acks;
        this.wanted = acks == ACKS_ALL ? AcksWanted.all(timeoutMs) : AcksWanted.LEADER;
        this.transactional = transactional;
    }

    /** The next topic; its partitions follow. */
    void topic(@Nullable String name, @Nullable UUID id, Partitions.@Nullable Topic topic, int count) {
        topics.add(new TopicPart(name, id, topic, appends.size(), count));
    }

    /** A partition of the last topic: {@code bytes} of {@code body} from its reader index, -1 for null records. */
    void partition(int index, ByteBuf body, int bytes) {
        TopicPart part = topics.get(topics.size() - 1);
        ProduceAppend append = new ProduceAppend(this, index);
        appends.add(append);
        if (acks != ACKS_ALL && acks != ACKS_LEADER && acks != ACKS_NONE) {
            append.fail(Errors.INVALID_REQUIRED_ACKS, "acks=" + acks + " is none of 0, 1 and -1 (all)");
        } else if (transactional) {
            append.fail(Errors.INVALID_TXN_STATE, "transactions are not served by this broker yet");
        } else {
            Partitions.Topic topic = part.topic();
            Partition found = topic == null ? null : topic.partition(index);
            if (found == null) {
                append.absent(engine, part.name(), part.id());
            } else {
                append.prepare(found, body, bytes, exchange.version());
            }
        }
    }

    /** Hands the appends to their partitions. */
    void start() {
        int waiting = 0;
        for (int i = 0; i < appends.size(); i++) {
            if (appends.get(i).partition() != null) {
                waiting++;
            }
        }
        if (waiting == 0) {
            finish();
            return;
        }
        remaining.set(waiting);
        Loop here = exchange.connection().loop();
        if (waiting == 1 || allOn(here)) {
            for (int i = 0; i < appends.size(); i++) {
                runAt(appends.get(i));
            }
        } else {
            startByLoop();
        }
    }

    private boolean allOn(Loop loop) {
        for (int i = 0; i < appends.size(); i++) {
            Partition partition = appends.get(i).partition();
            if (partition != null && partition.home() != loop) {
                return false;
            }
        }
        return true;
    }

    private void runAt(ProduceAppend append) {
        Partition partition = append.partition();
        if (partition != null) {
            partition.home().run(append);
        }
    }

    /** One task per loop, however many partitions it is home to. */
    private void startByLoop() {
        List<Loop> homes = new ArrayList<>(2);
        List<List<ProduceAppend>> groups = new ArrayList<>(2);
        for (ProduceAppend append : appends) {
            Partition partition = append.partition();
            if (partition == null) {
                continue;
            }
            int at = homes.indexOf(partition.home());
            if (at < 0) {
                at = homes.size();
                homes.add(partition.home());
                groups.add(new ArrayList<>(appends.size()));
            }
            groups.get(at).add(append);
        }
        for (int i = 0; i < homes.size(); i++) {
            List<ProduceAppend> group = groups.get(i);
            homes.get(i).run(() -> group.forEach(ProduceAppend::run));
        }
    }

    AcksWanted acksWanted() {
        return wanted;
    }

    /** One append has its result; on its partition's home loop. */
    void completed() {
        if (remaining.decrementAndGet() == 0) {
            finish();
        }
    }

    private void finish() {
        if (acks != ACKS_NONE) {
            exchange.respond(this);
            return;
        }
        for (ProduceAppend append : appends) {
            if (append.error() != Errors.NONE) {
                // The client of acks=0 reads no answers: closing is the only way to tell it.
                exchange.close("produce with acks=0 failed: " + append.message());
                return;
            }
        }
        exchange.noAnswer();
    }

    @Override
    public ByteBuf encode(ByteBufAllocator allocator) {
        LeaderHints hints =
                new LeaderHints(engine.image(), exchange.connection().listener());
        ProduceAnswer answer = new ProduceAnswer(exchange, hints, allocator, topics.size());
        for (TopicPart part : topics) {
            answer.topic(part.name(), part.id(), part.count());
            for (int i = part.first(); i < part.first() + part.count(); i++) {
                answer.partition(appends.get(i));
            }
            answer.endTopic();
        }
        return answer.finish();
    }
}
