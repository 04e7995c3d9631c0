package io.sluice.simulation;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A connection from a process to a host, as TCP gives it: messages of one direction arrive in order or not at all; while
 * the link is blocked they wait; when the connection is cut they are lost. Who hears that it is closed knows nothing of
 * whether the other side got the last message.
 */
final class SimConnection {
    /** One end, with what is on its way to it. */
    private static final class End {
        final SimHost host;

        @Nullable
        SimProcess process;

        @Nullable
        SimLoop loop;

        Runnable onClosed = () -> {};
        boolean closed;
        long lastArrivalNanos;
        final ArrayDeque<Message> held = new ArrayDeque<>();
        boolean releasing;

        End(SimHost host) {
            this.host = host;
        }

        boolean dead() {
            return process != null && !process.alive();
        }
    }

    /** @param last whether the sender closed the connection behind it */
    private record Message(String what, Runnable task, boolean last) {}

    private static final Message CLOSE = new Message("close", () -> {}, true);

    private final SimNetwork network;
    private final End client;
    private final End server;
    private boolean cut;
    private @Nullable Object session;

    SimConnection(SimNetwork network, SimHost from, SimProcess process, SimLoop loop, SimHost to, Runnable onClosed) {
        this.network = network;
        this.client = new End(from);
        this.client.process = process;
        this.client.loop = loop;
        this.client.onClosed = onClosed;
        this.server = new End(to);
    }

    boolean joins(SimHost one, SimHost other) {
        return (client.host == one && server.host == other) || (client.host == other && server.host == one);
    }

    /** Whether nothing can happen on it any more. */
    boolean over() {
        return cut || (client.closed || client.dead()) && (server.closed || server.dead()) && server.held.isEmpty();
    }

    /** Whether the client may still use it, as far as it knows. */
    boolean open() {
        return !client.closed;
    }

    /** What the server remembers of this connection. */
    @Nullable
    Object session() {
        return session;
    }

    /** @param closed run on the server's loop when the connection is closed */
    void session(Object remembered, Runnable closed) {
        session = remembered;
        server.onClosed = closed;
    }

    /** Sends to the server; {@code task} runs on its loop. */
    void toServer(String what, Runnable task) {
        if (!client.closed && !client.dead()) {
            send(client, server, new Message(what, task, false));
        }
    }

    /** Sends to the client; {@code task} runs on its loop. */
    void toClient(String what, Runnable task) {
        if (!server.closed && !server.dead()) {
            send(server, client, new Message(what, task, false));
        }
    }

    /** The client closes it: what is under way to the server still arrives, what comes back is dropped. */
    void closeByClient() {
        closeBy(client, server);
    }

    void closeByServer() {
        closeBy(server, client);
    }

    /** A process is gone and its machine is not: the machine closes what it had open. */
    void died(SimProcess process) {
        if (client.process == process) {
            closeBy(client, server);
        } else if (server.process == process) {
            closeBy(server, client);
        }
    }

    private void closeBy(End from, End to) {
        if (!from.closed) {
            from.closed = true;
            send(from, to, CLOSE);
        }
    }

    /** Cuts it: what is under way is lost, and both ends hear of it. */
    void cut() {
        if (!cut) {
            cut = true;
            tell(client);
            tell(server);
        }
    }

    private void send(End from, End to, Message message) {
        long now = network.simulation().nowNanos();
        long arrival = Math.max(now + network.delayNanos(from.host, to.host), to.lastArrivalNanos + 1);
        to.lastArrivalNanos = arrival;
        network.simulation().after(arrival - now, to.host.id(), message.what, () -> arrive(from, to, message));
    }

    private void arrive(End from, End to, Message message) {
        if (cut || to.closed) {
            return;
        }
        if (network.blocked(from.host, to.host) || to.releasing) {
            to.held.add(message);
        } else if (network.breaks(from.host, to.host)) {
            network.simulation().say("network", this + " breaks before " + message.what);
            cut();
        } else {
            deliver(from, to, message);
        }
    }

    private void deliver(End from, End to, Message message) {
        if (!to.host.on()) {
            return; // nobody answers
        }
        if (to.process == null) {
            to.process = to.host.process();
            to.loop = to.host.acceptor();
        }
        if (to.process == null || to.loop == null || to.dead()) {
            to.closed = true; // the machine answers in the place of a process that is gone
            if (!message.last) {
                send(to, from, CLOSE);
            }
        } else if (message.last) {
            tell(to);
        } else {
            to.loop.execute(() -> {
                if (!to.closed) {
                    message.task.run();
                }
            });
        }
    }

    private void tell(End end) {
        SimLoop loop = end.loop;
        if (loop == null) {
            end.closed = true;
            return;
        }
        loop.execute(() -> {
            if (!end.closed) {
                end.closed = true;
                end.onClosed.run();
            }
        });
    }

    /** Links may be open again: what waited goes on, in its order. */
    void release() {
        release(client, server);
        release(server, client);
    }

    private void release(End from, End to) {
        if (to.held.isEmpty() || to.releasing || network.blocked(from.host, to.host)) {
            return;
        }
        to.releasing = true;
        network.simulation().after(network.delayNanos(from.host, to.host), to.host.id(), "release", () -> {
            to.releasing = false;
            while (!to.held.isEmpty() && !cut && !to.closed) {
                deliver(from, to, to.held.poll());
            }
        });
    }

    @Override
    public String toString() {
        return client.host + "→" + server.host;
    }
}
