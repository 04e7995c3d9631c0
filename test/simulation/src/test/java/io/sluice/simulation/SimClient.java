package io.sluice.simulation;

import io.sluice.base.Cancellable;
import io.sluice.log.LogId;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What all simulated clients share: a machine and a loop of their own, finding the leader through any broker, one
 * connection to it, and giving up on an answer after a while.
 */
abstract class SimClient {
    private static final long LOOKUP_MS = 800;

    protected final World world;
    protected final LogId partition;
    private final String name;
    private final SimHost host;
    private final SimProcess process;
    private final SimLoop loop;
    private final Chance chance;
    private FrontEnd.@Nullable Place leader;
    private @Nullable SimConnection connection;
    private int newestEpoch = -1;
    private boolean lookingUp;

    /** @param partition whose leader it talks to */
    SimClient(World world, int hostId, String name, LogId partition) {
        this.world = world;
        this.partition = partition;
        this.name = name;
        this.host = new SimHost(world.simulation(), hostId, name);
        this.process = new SimProcess(world.simulation(), host.clock(), hostId, name);
        this.loop = process.newLoop(0, "client");
        this.chance = world.simulation().chance(name);
    }

    String name() {
        return name;
    }

    /** Whose leader it talks to. */
    LogId partition() {
        return partition;
    }

    SimHost host() {
        return host;
    }

    Chance chance() {
        return chance;
    }

    SimClock clock() {
        return host.clock();
    }

    Cancellable schedule(long ms, Runnable task) {
        return loop.schedule(ms, task);
    }

    PartitionHistory history() {
        return world.history().of(partition);
    }

    /** The leader epoch that this client knows, -1 for none. */
    int leaderEpoch() {
        return newestEpoch;
    }

    /** Whether there is a connection to who is taken for the leader. */
    boolean connected() {
        return connection != null;
    }

    /** Its program ends; what it asked for is answered to nobody. */
    void retire() {
        process.kill();
        world.network().died(process);
    }

    /** Called when there is a leader to talk to. */
    abstract void found();

    /** Called when the connection to the leader is gone, with whatever was asked on it. */
    abstract void lost();

    /** Looks for the leader, soon. */
    void lookUp() {
        if (lookingUp) {
            return;
        }
        lookingUp = true;
        schedule(chance.between(5, 150), this::ask);
    }

    private void ask() {
        SimBroker asked = chance.of(world.brokers());
        boolean[] answered = {false};
        SimConnection[] opened = new SimConnection[1];
        Runnable again = () -> {
            if (!answered[0]) {
                answered[0] = true;
                opened[0].closeByClient();
                schedule(chance.between(10, 200), this::ask);
            }
        };
        opened[0] = world.network().connect(host, process, loop, asked.host(), again);
        opened[0].toServer("metadata", () -> {
            FrontEnd.Place place = new FrontEnd(world, asked).leader(partition).orElse(null);
            opened[0].toClient("metadata", () -> {
                if (place == null || place.leaderEpoch() < newestEpoch) {
                    again.run(); // nobody leads, or older news than what is known (R23)
                } else if (!answered[0]) {
                    answered[0] = true;
                    opened[0].closeByClient();
                    lookingUp = false;
                    use(place);
                }
            });
        });
        schedule(LOOKUP_MS, again);
    }

    private void use(FrontEnd.Place place) {
        leader = place;
        newestEpoch = place.leaderEpoch();
        SimConnection before = connection;
        if (before != null) {
            before.closeByClient();
        }
        SimConnection[] opened = new SimConnection[1];
        opened[0] = world.network()
                .connect(host, process, loop, world.broker(place.leader()).host(), () -> closed(opened[0]));
        connection = opened[0];
        found();
    }

    private void closed(SimConnection which) {
        if (which == connection) {
            giveUpLeader();
        }
    }

    /** Takes who was the leader for it no more, and looks again. */
    void giveUpLeader() {
        SimConnection before = connection;
        if (before == null) {
            return;
        }
        connection = null;
        leader = null;
        before.closeByClient();
        lost();
        lookUp();
    }

    /**
     * Asks the leader.
     *
     * @param request carried out at the broker, with its front end and where to put the answer
     * @param answer told on this client's loop, unless the connection is gone by then
     */
    <T> void call(String what, long timeoutMs, BiConsumer<FrontEnd, Consumer<T>> request, Consumer<T> answer) {
        SimConnection on = connection;
        FrontEnd.Place to = leader;
        if (on == null || to == null) {
            throw new IllegalStateException(name + " is not connected");
        }
        boolean[] answered = {false};
        Cancellable timer = schedule(timeoutMs, () -> {
            if (!answered[0] && on == connection) {
                world.simulation().say(name, "hears nothing of its " + what);
                giveUpLeader();
            }
        });
        FrontEnd there = new FrontEnd(world, world.broker(to.leader()));
        on.toServer(
                what,
                () -> request.accept(
                        there,
                        value -> on.toClient(what + " answer", () -> {
                            answered[0] = true;
                            timer.cancel();
                            if (on == connection) {
                                answer.accept(value);
                            }
                        })));
    }
}
