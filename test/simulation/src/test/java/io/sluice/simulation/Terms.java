package io.sluice.simulation;

import io.sluice.cluster.TopicRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What comes late from another term: controllers follow upon one another quickly, and what one of them was asked, or has
 * said, arrives when its term is over. Ends with everything connected.
 */
final class Terms {
    private static final long LOOK_AGAIN = 100 * Simulation.MICROS;
    private static final long ELECTED_WITHIN = 2 * Simulation.SECONDS;
    private static final int MOST_ELECTIONS = 30;

    private final World world;
    private final Operator operator;
    private final Chance chance;
    private boolean underWay;

    Terms(World world, Operator operator, Chance chance) {
        this.world = world;
        this.operator = operator;
        this.chance = chance;
    }

    /** A controller, and a broker that follows it. */
    private record Pair(SimBroker controller, SimBroker follower) {}

    private Optional<Pair> cast() {
        Optional<SimBroker> controller = controller();
        if (underWay
                || controller.isEmpty()
                || world.brokers().stream().anyMatch(each -> each.engine() == null || each.paused())) {
            return Optional.empty();
        }
        List<SimBroker> followers = new ArrayList<>(world.brokers());
        followers.remove(controller.get());
        return Optional.of(new Pair(controller.get(), chance.of(followers)));
    }

    /** The broker that is controller, by its own image and that of nobody against it. */
    private Optional<SimBroker> controller() {
        int epoch = world.stored().controllerEpoch();
        return world.brokers().stream()
                .filter(each -> each.controls() && each.controllerEpoch() == epoch)
                .findFirst();
    }

    /**
     * R18: a topic's deletion, asked for by its name, is held up on its way to the controller, which is deposed and later
     * elected again. By then there is another topic of that name.
     */
    boolean lateCall() {
        Optional<Pair> cast = cast();
        if (cast.isEmpty() || !operator.isDone()) {
            return false;
        }
        SimBroker first = cast.get().controller();
        SimBroker follower = cast.get().follower();
        int term = first.controllerEpoch();
        String topic = world.options().topics().get(0).name();
        say("has " + follower + " ask " + first + " to delete " + topic + " in term " + term + ", and holds that up");
        underWay = true;
        world.network().block(follower.host(), first.host(), true);
        follower.engine().cluster().deleteTopics(List.of(TopicRef.name(topic)));
        electUntil(() -> controller().filter(now -> now != first).isPresent(), MOST_ELECTIONS, () -> {
            operator.recreate();
            when(
                    operator::isDone,
                    5 * Simulation.SECONDS,
                    () -> electUntil(
                            () -> controller().filter(now -> now == first).isPresent(),
                            MOST_ELECTIONS,
                            () -> later(chance.between(1, 50), () -> letGo(first, follower, term))));
        });
        return true;
    }

    private void letGo(SimBroker first, SimBroker follower, int term) {
        if (world.stored().controllerEpoch() == term) {
            world.network().cut(follower.host(), first.host()); // it is the same term, in which it would be in time
        }
        world.network().block(follower.host(), first.host(), false);
        underWay = false;
    }

    /** Deposes one controller after another until the right one is elected, or so many were; then goes on. */
    private void electUntil(BooleanSupplier right, int most, Runnable then) {
        if (right.getAsBoolean() || most == 0) {
            then.run();
            return;
        }
        int term = world.stored().controllerEpoch();
        depose();
        when(
                () -> controller().isPresent() && world.stored().controllerEpoch() > term,
                ELECTED_WITHIN,
                () -> electUntil(right, most - 1, then));
    }

    /** Its session ends, or somebody takes its node away. */
    private void depose() {
        Optional<BrokerLife> life = controller().map(SimBroker::life);
        if (life.isPresent() && chance.oneIn(3)) {
            world.ensemble().end(life.get().store().sessionId());
        } else {
            world.stored().deposeController();
        }
    }

    /** Goes on once {@code done}, or when the time is over. */
    private void when(BooleanSupplier done, long withinNanos, Runnable then) {
        if (done.getAsBoolean() || withinNanos <= 0) {
            then.run();
        } else {
            world.simulation().after(LOOK_AGAIN, 0, "terms", () -> when(done, withinNanos - LOOK_AGAIN, then));
        }
    }

    private void later(int ms, Runnable task) {
        world.simulation().after(ms * Simulation.MILLIS, 0, "terms", task);
    }

    private void say(String what) {
        world.simulation().say("nemesis", what);
    }
}
