package io.sluice.cluster;

import io.sluice.base.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A network between the nodes of a test: {@link PeerMessages} on one side, {@link PeerService} on the other. Every
 * broker has one connection to each other broker; what is sent over it arrives after a delay and may be lost. The test
 * cuts connections, silences links and brokers, and lets processes die. Messages are tasks of the loops of the nodes they
 * go to, so a test on manual loops replays exactly.
 */
public final class FakePeers {
    private static final class Host {
        final Loop loop;
        final PeerService service;
        boolean dead;
        boolean silent;

        Host(Loop loop, PeerService service) {
            this.loop = loop;
            this.service = service;
        }
    }

    private record Link(int from, int to) implements Comparable<Link> {
        @Override
        public int compareTo(Link other) {
            return from != other.from ? Integer.compare(from, other.from) : Integer.compare(to, other.to);
        }
    }

    /** One connection, until it is closed. */
    private static final class Connection {
        final Link link;
        final List<Call> unanswered = new ArrayList<>();

        Connection(Link link) {
            this.link = link;
        }
    }

    private static final class Call {
        final CompletableFuture<byte[]> stage = new CompletableFuture<>();
        final Loop loop;

        Call(Loop loop) {
            this.loop = loop;
        }

        void fail(String why) {
            loop.execute(() -> stage.completeExceptionally(new PeerException(why)));
        }
    }

    private final Map<Integer, Host> hosts = new TreeMap<>();
    private final Map<Integer, Messages> processes = new TreeMap<>();
    private final Map<Link, Connection> connections = new TreeMap<>();
    private final Map<Link, Boolean> blocked = new TreeMap<>();
    private @Nullable Random random;
    private int lossPercent;
    private int maxDelayMs;
    private int requests;

    /** Messages that reach nobody, for a test of one node. */
    public static PeerMessages nobody(Loop loop) {
        return new FakePeers().from(-1, loop);
    }

    /** {@code broker} is there from now on, or again. */
    public void add(int broker, Loop loop, PeerService service) {
        hosts.put(broker, new Host(loop, service));
    }

    /** How {@code broker}, whose control loop is {@code loop}, sends. */
    public PeerMessages from(int broker, Loop loop) {
        Messages messages = new Messages(broker, loop);
        processes.put(broker, messages);
        return messages;
    }

    /** From now on messages take up to so long, and so many of a hundred are lost, as {@code seeded} decides. */
    public void disturb(Random seeded, int lostOfHundred, int delayMsMax) {
        random = seeded;
        lossPercent = lostOfHundred;
        maxDelayMs = delayMsMax;
    }

    /** How many requests were sent. */
    public int requests() {
        return requests;
    }

    /** Closes the connection from one broker to another; the next message opens a new one. */
    public void cut(int from, int to) {
        Connection connection = connections.remove(new Link(from, to));
        if (connection != null) {
            close(connection);
        }
    }

    /** Messages and answers between the two no longer arrive, and nobody is told. */
    public void block(int one, int other) {
        blocked.put(new Link(one, other), true);
        blocked.put(new Link(other, one), true);
    }

    /** Undoes {@link #block}, {@link #silence} and {@link #disturb}. */
    public void heal() {
        blocked.clear();
        hosts.values().forEach(host -> host.silent = false);
        lossPercent = 0;
        maxDelayMs = 0;
    }

    /** The process is gone: its connections close, and its machine refuses new ones. */
    public void kill(int broker) {
        Host host = hosts.get(broker);
        if (host != null) {
            host.dead = true;
        }
        Messages process = processes.get(broker);
        if (process != null) {
            process.dead = true;
        }
        for (Connection connection : List.copyOf(connections.values())) {
            if (connection.link.from() == broker || connection.link.to() == broker) {
                connections.remove(connection.link);
                close(connection);
            }
        }
    }

    /** The process hangs: connections stay open and are accepted, and nothing is answered. */
    public void silence(int broker) {
        Host host = hosts.get(broker);
        if (host != null) {
            host.silent = true;
        }
    }

    private void close(Connection connection) {
        List<Call> calls = List.copyOf(connection.unanswered);
        connection.unanswered.clear();
        calls.forEach(call -> call.fail("the connection to broker " + connection.link.to() + " closed"));
        Host server = hosts.get(connection.link.to());
        if (server != null && !server.dead && !isBlocked(connection.link)) {
            server.loop.execute(() -> server.service.closed(connection));
        }
    }

    private boolean isBlocked(Link link) {
        return blocked.containsKey(link);
    }

    private boolean isLost() {
        Random dice = random;
        return dice != null && lossPercent > 0 && dice.nextInt(100) < lossPercent;
    }

    private void later(Loop loop, Runnable task) {
        Random dice = random;
        if (dice == null || maxDelayMs == 0) {
            loop.execute(task);
        } else {
            loop.schedule(dice.nextInt(maxDelayMs + 1), task);
        }
    }

    private final class Messages implements PeerMessages {
        private final int own;
        private final Loop loop;
        /** The process is gone, though the test still holds its objects: what they send reaches nobody. */
        private boolean dead;

        Messages(int own, Loop loop) {
            this.own = own;
            this.loop = loop;
        }

        @Override
        public CompletionStage<byte[]> call(BrokerInfo broker, byte[] request, long timeoutMs) {
            Call call = new Call(loop);
            if (dead) {
                return call.stage;
            }
            requests++;
            Host to = hosts.get(broker.id());
            Link link = new Link(own, broker.id());
            if (to == null || to.dead) {
                loop.execute(() -> call.stage.completeExceptionally(
                        PeerException.notSent("broker " + broker.id() + " refuses connections")));
                return call.stage;
            }
            Connection connection = connections.computeIfAbsent(link, Connection::new);
            connection.unanswered.add(call);
            loop.schedule(timeoutMs, () -> {
                if (connection.unanswered.remove(call)) {
                    call.stage.completeExceptionally(
                            new PeerException("broker " + broker.id() + " did not answer in " + timeoutMs + " ms"));
                }
            });
            if (!to.silent && !isBlocked(link) && !isLost()) {
                later(to.loop, () -> arrive(to, connection, call, request));
            }
            return call.stage;
        }

        private void arrive(Host to, Connection connection, Call call, byte[] request) {
            if (to.dead || connections.get(connection.link) != connection) {
                return;
            }
            to.service.serve(connection, request.clone()).thenAccept(answer -> {
                Link back = new Link(connection.link.to(), connection.link.from());
                if (to.dead || to.silent || isBlocked(back) || isLost()) {
                    return;
                }
                later(loop, () -> {
                    if (connection.unanswered.remove(call)) {
                        call.stage.complete(answer.clone());
                    }
                });
            });
        }

        @Override
        public CompletionStage<Reachability> probe(BrokerInfo broker, long timeoutMs) {
            CompletableFuture<Reachability> found = new CompletableFuture<>();
            Host to = hosts.get(broker.id());
            if (dead || to == null || isBlocked(new Link(own, broker.id()))) {
                loop.schedule(timeoutMs, () -> found.complete(Reachability.UNKNOWN));
            } else {
                Reachability answer = to.dead ? Reachability.REFUSES : Reachability.ACCEPTS;
                later(loop, () -> found.complete(answer));
            }
            return found;
        }

        @Override
        public void forget(int brokerId) {
            cut(own, brokerId);
        }
    }
}
