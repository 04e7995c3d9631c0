package io.sluice.simulation;

import io.sluice.base.Cancellable;
import io.sluice.cluster.BrokerInfo;
import io.sluice.cluster.PeerException;
import io.sluice.cluster.PeerMessages;
import io.sluice.cluster.PeerService;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A broker's messages to others: one connection to each, opened when it is needed. Its state belongs to the control loop. */
final class SimPeers implements PeerMessages {
    private static final class Line {
        @Nullable
        SimConnection connection;

        final Set<Call> calls = new LinkedHashSet<>();
    }

    private static final class Call {
        final CompletableFuture<byte[]> answer = new CompletableFuture<>();
        Cancellable timer = () -> {};
    }

    private final World world;
    private final SimHost here;
    private final SimProcess process;
    private final SimLoop control;
    private final Map<Integer, Line> lines = new TreeMap<>();

    SimPeers(World world, SimHost here, SimProcess process, SimLoop control) {
        this.world = world;
        this.here = here;
        this.process = process;
        this.control = control;
    }

    @Override
    public CompletionStage<byte[]> call(BrokerInfo broker, byte[] request, long timeoutMs) {
        Call call = new Call();
        byte[] sent = request.clone();
        control.execute(() -> send(world.broker(broker.id()), call, sent, timeoutMs));
        return call.answer;
    }

    private void send(SimBroker to, Call call, byte[] request, long timeoutMs) {
        Line line = lines.computeIfAbsent(to.id(), id -> new Line());
        SimConnection open = line.connection;
        if (open == null || !open.open()) {
            SimConnection[] opened = new SimConnection[1];
            opened[0] = world.network().connect(here, process, control, to.host(), () -> broken(line, opened[0], to));
            open = opened[0];
            line.connection = open;
        }
        SimConnection on = open;
        line.calls.add(call);
        call.timer = control.schedule(timeoutMs, () -> {
            line.calls.remove(call);
            call.answer.completeExceptionally(
                    new PeerException(to.host() + " did not answer within " + timeoutMs + " ms"));
        });
        on.toServer(
                "peer",
                () -> serve(
                        to,
                        on,
                        request,
                        answer -> on.toClient("peer answer", () -> {
                            if (line.calls.remove(call)) {
                                call.timer.cancel();
                                call.answer.complete(answer);
                            }
                        })));
    }

    private static void serve(
            SimBroker at, SimConnection on, byte[] request, java.util.function.Consumer<byte[]> answer) {
        BrokerLife life = at.life();
        if (life == null) {
            return;
        }
        PeerService service = life.peers();
        if (on.session() == null) {
            on.session(on, () -> service.closed(on));
        }
        service.serve(on, request).thenAccept(answer);
    }

    private static void broken(Line line, SimConnection which, SimBroker to) {
        if (line.connection != which) {
            return;
        }
        line.connection = null;
        Set<Call> calls = new LinkedHashSet<>(line.calls);
        line.calls.clear();
        for (Call call : calls) {
            call.timer.cancel();
            call.answer.completeExceptionally(new PeerException("the connection to " + to.host() + " broke"));
        }
    }

    @Override
    public CompletionStage<Reachability> probe(BrokerInfo broker, long timeoutMs) {
        CompletableFuture<Reachability> found = new CompletableFuture<>();
        SimHost to = world.broker(broker.id()).host();
        control.schedule(timeoutMs, () -> found.complete(Reachability.UNKNOWN));
        world.network()
                .knock(
                        here,
                        control,
                        to,
                        said -> found.complete(
                                said == SimNetwork.Knock.ACCEPTED ? Reachability.ACCEPTS : Reachability.REFUSES));
        return found;
    }

    @Override
    public void forget(int brokerId) {
        control.execute(() -> {
            Line line = lines.remove(brokerId);
            if (line != null && line.connection != null) {
                SimConnection open = line.connection;
                open.closeByClient();
                broken(line, open, world.broker(brokerId));
            }
        });
    }
}
