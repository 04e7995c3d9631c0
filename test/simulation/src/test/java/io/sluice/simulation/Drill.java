package io.sluice.simulation;

import io.sluice.cluster.BrokerIds;
import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.PartitionMove;
import io.sluice.cluster.PartitionRef;
import io.sluice.cluster.TopicImage;
import io.sluice.engine.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Faults in an order that chance alone rarely finds: each takes one partition and its replicas through the events that a
 * rule is about, at times that the seed decides. Ends with everything up and connected.
 */
final class Drill {
    private final World world;
    private final Chance chance;
    private final BooleanSupplier active;
    private boolean underWay;

    /** @param active whether faults may still happen; what mends may always */
    Drill(World world, Chance chance, BooleanSupplier active) {
        this.world = world;
        this.chance = chance;
        this.active = active;
    }

    /** A partition with all replicas in sync: its leader and two that follow. */
    private record Roles(SimBroker leader, SimBroker second, SimBroker third) {
        List<SimBroker> all() {
            return List.of(leader, second, third);
        }
    }

    private Optional<Roles> cast() {
        if (underWay || world.brokers().stream().anyMatch(each -> each.engine() == null || !each.canProve())) {
            return Optional.empty();
        }
        TopicImage topic = chance.of(world.stored().all());
        PartitionImage partition = chance.of(topic.partitions());
        if (partition.isOffline() || partition.isr().size() < 3) {
            return Optional.empty();
        }
        List<SimBroker> followers = new ArrayList<>();
        partition.isr().without(partition.leader()).stream().forEach(id -> followers.add(world.broker(id)));
        SimBroker second = chance.of(followers);
        followers.remove(second);
        return Optional.of(new Roles(world.broker(partition.leader()), second, followers.get(0)));
    }

    /**
     * R14, R15: with one replica away, the second loses its power, or some of its bytes, and comes back; before it can catch up
     * the leader dies. The second must not lead with what it has.
     */
    boolean loseTheTail(boolean byRot) {
        Optional<Roles> cast = cast();
        if (cast.isEmpty() || !world.losses().allowsPowerLoss(cast.get().second())) {
            return false;
        }
        Roles roles = begin("loses the tail", cast.get());
        SimBroker leader = roles.leader();
        SimBroker second = roles.second();
        kill(roles.third());
        int at = chance.between(500, 2_500);
        fault(at, () -> {
            if (!world.losses().allowsPowerLoss(second)) {
                return;
            }
            world.losses().powerLost(second);
            block(leader, second, true);
            if (byRot) {
                second.kill();
                second.disk().rotNewest(chance);
                world.history().forget(second);
            } else {
                second.losePower();
            }
        });
        at += chance.between(1, 400);
        mend(at, second::start);
        at += chance.between(300, 2_500);
        fault(at, () -> kill(leader));
        at += chance.between(500, 2_500);
        endAfter(at, roles);
        if (byRot) {
            mend(at + 1_500, () -> exchangeDisk(second));
        }
        return true;
    }

    /** What an operator does about a disk that rots. */
    private void exchangeDisk(SimBroker broker) {
        world.losses().wiped(broker);
        broker.losePower();
        broker.wipe();
        broker.start();
    }

    /** R7: two leaders one after the other write what nobody else has, and follow each other afterwards. */
    boolean leadInTurn() {
        Optional<Roles> cast = cast();
        if (cast.isEmpty()) {
            return false;
        }
        Roles roles = begin("leads in turn", cast.get());
        SimBroker leader = roles.leader();
        SimBroker second = roles.second();
        kill(roles.third());
        int at = chance.between(400, 1_500);
        fault(at, () -> block(leader, second, true));
        at += chance.between(20, 600);
        fault(at, () -> kill(leader));
        mend(at, () -> block(leader, second, false));
        at += chance.between(300, 1_500);
        fault(at, () -> kill(second));
        mend(at + chance.between(1, 300), leader::start);
        endAfter(at + chance.between(1_500, 3_000), roles);
        return true;
    }

    /** R13: a replica catches up, and before it is counted its machine gets an empty disk. */
    boolean joinAfterTheDiskIsGone() {
        Optional<Roles> cast = cast();
        if (cast.isEmpty() || !world.losses().allowsWipe(cast.get().second())) {
            return false;
        }
        Roles roles = begin("joins after its disk is gone", cast.get());
        SimBroker leader = roles.leader();
        SimBroker second = roles.second();
        block(leader, second, true);
        int at = chance.between(2_500, 7_000);
        fault(at, () -> block(leader, roles.third(), true));
        mend(at, () -> block(leader, second, false));
        at += chance.between(100, 900);
        fault(at, () -> {
            if (world.losses().allowsWipe(second)) {
                world.losses().wiped(second);
                second.losePower();
                second.wipe();
                block(leader, second, true);
            }
        });
        at += chance.between(1, 100);
        mend(at, second::start);
        at += chance.between(500, 2_500);
        mend(at, () -> block(leader, roles.third(), false));
        at += chance.between(50, 2_500);
        fault(at, () -> kill(leader));
        endAfter(at + chance.between(1_000, 3_000), roles);
        return true;
    }

    /** R20: everybody is shut down in order, and then there is no power. Nothing is lost by that. */
    boolean turnEverythingOff() {
        if (underWay || world.brokers().stream().anyMatch(each -> each.engine() == null || each.paused())) {
            return false;
        }
        begin("turns everything off", null);
        world.brokers()
                .forEach(broker -> later(chance.between(0, 1_500), () -> {
                    if (active.getAsBoolean()) {
                        broker.stop();
                    }
                }));
        later(20_000, () -> {
            for (SimBroker broker : world.brokers()) {
                if (broker.wentInOrder()) {
                    broker.losePower();
                }
                broker.start();
            }
            underWay = false;
        });
        return true;
    }

    /** R21: a partition moves to other brokers. */
    boolean move() {
        TopicImage topic = chance.of(world.stored().all());
        int index = chance.below(topic.partitionCount());
        Engine engine = chance.of(world.brokers()).engine();
        if (engine == null) {
            return false;
        }
        List<Integer> all = new ArrayList<>();
        world.brokers().forEach(broker -> all.add(broker.id()));
        BrokerIds target = BrokerIds.of();
        while (target.size() < topic.partitions().get(index).replicas().size() && !all.isEmpty()) {
            Integer next = chance.of(all);
            all.remove(next);
            target = target.with(next);
        }
        BrokerIds wanted = target;
        world.simulation().say("nemesis", "moves " + topic.name() + "-" + index + " to " + wanted);
        engine.cluster()
                .reassign(List.of(new PartitionMove(new PartitionRef(topic.name(), index), Optional.of(wanted))))
                .thenAccept(outcomes -> world.simulation().say("nemesis", "move: " + outcomes.get(0)));
        return true;
    }

    private Roles begin(String what, Roles roles) {
        underWay = true;
        world.simulation().say("nemesis", what + (roles == null ? "" : " " + roles.all()));
        return roles;
    }

    private void endAfter(int ms, Roles roles) {
        mend(ms, () -> {
            block(roles.leader(), roles.second(), false);
            block(roles.leader(), roles.third(), false);
            roles.all().forEach(each -> later(chance.between(0, 1_500), each::start));
        });
        later(ms + 3_000, () -> underWay = false);
    }

    private void kill(SimBroker broker) {
        if (broker.running() && broker.canProve()) {
            broker.kill();
        }
    }

    private void block(SimBroker one, SimBroker other, boolean closed) {
        world.network().block(one.host(), other.host(), closed);
        world.network().block(other.host(), one.host(), closed);
    }

    private void fault(int ms, Runnable task) {
        later(ms, () -> {
            if (active.getAsBoolean()) {
                task.run();
            }
        });
    }

    private void mend(int ms, Runnable task) {
        later(ms, task);
    }

    private void later(int ms, Runnable task) {
        world.simulation().after(ms * Simulation.MILLIS, 0, "drill", task);
    }
}
