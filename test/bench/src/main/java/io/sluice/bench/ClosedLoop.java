package io.sluice.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * A lean producer for many connections in one thread: each connection keeps a fixed number of requests in flight and
 * sends the next one when an answer has come. Owned by the thread that calls {@link #run}.
 */
final class ClosedLoop implements LoadSource {
    private static final long STALL_LIMIT_MS = 60_000;

    private final Selector selector;
    private final List<LoadConnection> connections = new ArrayList<>();

    /** One connection: the broker that leads what it sends to, and the frames that it sends in turn. */
    record Lane(InetSocketAddress broker, List<ProduceFrame> frames) {}

    ClosedLoop(short version, List<Lane> lanes, int inFlight) throws IOException {
        this.selector = Selector.open();
        for (Lane lane : lanes) {
            connections.add(new LoadConnection(lane, selector, version, inFlight));
        }
    }

    /** Sends that many requests in all, waits for the last answer. */
    @Override
    public Load run(long requests) throws IOException {
        Tally tally = new Tally(requests);
        long start = System.nanoTime();
        for (LoadConnection connection : connections) {
            connection.send(tally);
        }
        while (tally.answered < requests) {
            int ready = selector.select(
                    key -> {
                        LoadConnection connection = (LoadConnection) key.attachment();
                        connection.onReady(tally);
                    },
                    STALL_LIMIT_MS);
            if (ready == 0) {
                throw new BenchException("the broker answered nothing for " + STALL_LIMIT_MS / 1000 + " s");
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Load(tally.records, tally.bytes, seconds, tally.latency);
    }

    @Override
    public void close() throws IOException {
        for (LoadConnection connection : connections) {
            connection.close();
        }
        selector.close();
    }

    /** The counters of one run, shared by its connections. */
    static final class Tally {
        final Histogram latency = Load.newHistogram();
        private long unsent;
        private long answered;
        private long records;
        private long bytes;

        Tally(long requests) {
            this.unsent = requests;
        }

        boolean takeOne() {
            if (unsent == 0) {
                return false;
            }
            unsent--;
            return true;
        }

        void answered(ProduceFrame frame, long latencyNanos) {
            answered++;
            records += frame.records();
            bytes += frame.bytes().limit();
            latency.recordValue(latencyNanos);
        }
    }
}
