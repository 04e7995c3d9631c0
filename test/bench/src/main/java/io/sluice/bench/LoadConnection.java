package io.sluice.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;

/** One connection of a {@link ClosedLoop}; same thread. Answers come in the order of the requests. */
final class LoadConnection {
    private static final int RECEIVE_BYTES = 64 * 1024;
    /** Size, correlation id and the empty tagged fields of a flexible response header. */
    private static final int ANSWER_HEADER_BYTES = 4 + 4 + 1;

    private final SocketChannel channel;
    private final SelectionKey key;
    private final short version;
    private final List<ProduceFrame> frames;
    private final List<ByteBuffer> buffers;
    private final ByteBuffer input = ByteBuffer.allocateDirect(RECEIVE_BYTES);
    private final long[] sentNanos;
    private int sent;
    private int answered;
    private boolean writing;

    LoadConnection(ClosedLoop.Lane lane, Selector selector, short version, int inFlight) throws IOException {
        this.version = version;
        this.frames = lane.frames();
        this.buffers = frames.stream().map(LoadConnection::ownCopy).toList();
        this.sentNanos = new long[inFlight];
        this.channel = SocketChannel.open(lane.broker());
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
        this.key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    private static ByteBuffer ownCopy(ProduceFrame frame) {
        ByteBuffer source = frame.bytes().duplicate();
        return ByteBuffer.allocateDirect(source.remaining()).put(source).flip();
    }

    void onReady(ClosedLoop.Tally tally) {
        try {
            if (key.isReadable()) {
                receive(tally);
            }
            send(tally);
        } catch (IOException e) {
            throw new UncheckedIOException("connection " + channel + " broke under load", e);
        }
    }

    /** Fills the places that are free in flight, as far as the socket takes it. */
    void send(ClosedLoop.Tally tally) throws IOException {
        while (writing || (sent - answered < sentNanos.length && tally.takeOne())) {
            ByteBuffer buffer = buffers.get(Math.floorMod(sent, buffers.size()));
            if (!writing) {
                buffer.rewind().putInt(Frames.CORRELATION_AT, sent);
                sentNanos[Math.floorMod(sent, sentNanos.length)] = System.nanoTime();
            }
            channel.write(buffer);
            if (buffer.hasRemaining()) {
                writing = true;
                key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                return;
            }
            if (writing) {
                writing = false;
                key.interestOps(SelectionKey.OP_READ);
            }
            sent++;
        }
    }

    private void receive(ClosedLoop.Tally tally) throws IOException {
        if (channel.read(input) < 0) {
            throw new BenchException("the broker closed a connection under load");
        }
        input.flip();
        while (input.remaining() >= ANSWER_HEADER_BYTES
                && input.remaining() >= Frames.SIZE_BYTES + input.getInt(input.position())) {
            int end = input.position() + Frames.SIZE_BYTES + input.getInt();
            onAnswer(tally);
            input.position(end);
        }
        input.compact();
    }

    private void onAnswer(ClosedLoop.Tally tally) {
        int correlationId = input.getInt();
        if (correlationId != answered) {
            throw new BenchException("answer " + correlationId + " came where " + answered + " was due");
        }
        input.get();
        short error = ProduceAnswer.firstError(input, version);
        if (error != 0) {
            throw new BenchException("the broker refused a produce request: " + Errors.forCode(error));
        }
        long latency = System.nanoTime() - sentNanos[Math.floorMod(answered, sentNanos.length)];
        tally.answered(frames.get(Math.floorMod(answered, frames.size())), latency);
        answered++;
    }

    void close() throws IOException {
        channel.close();
    }
}
