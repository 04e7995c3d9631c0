package io.sluice.cli;

import java.io.PrintWriter;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Prints messages until there have been enough or nobody reads them any more (as in {@code consume … | head}). */
final class MessagePrinter {
    private final PrintWriter out;
    private final RecordFormat format;
    private final long limit;
    private final Progress progress;
    private final StringBuilder text = new StringBuilder();
    private boolean readerGone;

    MessagePrinter(PrintWriter out, RecordFormat format, long limit, Progress progress) {
        this.out = out;
        this.format = format;
        this.limit = limit;
        this.progress = progress;
    }

    /** Prints one message; only while {@link #wantsMore}. */
    void print(ConsumerRecord<byte[], byte[]> message) {
        text.setLength(0);
        format.append(message, text);
        out.append(text);
        progress.count(Math.max(0, message.serializedKeySize()) + Math.max(0, message.serializedValueSize()));
    }

    boolean wantsMore() {
        return !readerGone && progress.messages() < limit;
    }

    /** Hands on what was printed; afterwards it counts as delivered. */
    void flush() {
        readerGone |= out.checkError();
    }
}
