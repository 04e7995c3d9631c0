package io.sluice.simulation;

import io.sluice.cluster.PartitionImage;
import io.sluice.cluster.TopicImage;
import io.sluice.log.LogId;
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
    private final Operator operator;
    private final Chance chance;
    private final BooleanSupplier active;
    private boolean underWay;

    /** @param active whether faults may still happen; what mends may always */
    Drill(World world, Operator operator, Chance chance, BooleanSupplier active) {
        this.world = world;
        this.operator = operator;
        this.chance = chance;
        this.active = active;
    }

    /** A partition with all replicas in sync: its leader and two that follow. */
    private record Roles(LogId partition, SimBroker leader, SimBroker second, SimBroker third) {
        List<SimBroker> all() {
            return List.of(leader, second, third);
        }
    }

    private Optional<Roles> cast() {
        if (underWay || world.brokers().stream().anyMatch(each -> each.engine() == null || !each.canProve())) {
            return Optional.empty();
        }
        List<TopicImage> topics = world.stored().all();
        if (topics.isEmpty()) {
            return Optional.empty();
        }
        TopicImage topic = chance.of(topics);
        int index = chance.below(topic.partitionCount());
        PartitionImage partition = topic.partitions().get(index);
        if (partition.isOffline() || partition.isr().size() < 3) {
            return Optional.empty();
        }
        List<SimBroker> followers = new ArrayList<>();
        partition.isr().without(partition.leader()).stream().forEach(id -> followers.add(world.broker(id)));
        SimBroker second = chance.of(followers);
        followers.remove(second);
        LogId id = new LogId(topic.id(), topic.name(), index);
        return Optional.of(new Roles(id, world.broker(partition.leader()), second, followers.get(0)));
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

    /**
     * R13: a replica that was out of sync catches up, and while its leader's wish to count it is on its way to the
     * controller, its machine gets an empty disk. Nobody is left then who has everything.
     */
    boolean joinAfterTheDiskIsGone() {
        Optional<Roles> cast = cast();
        if (cast.isEmpty()
                || cast.get().leader().controls()
                || !world.losses().allowsWipe(cast.get().second())) {
            return false;
        }
        Roles roles = begin("joins after its disk is gone", cast.get());
        SimBroker leader = roles.leader();
        SimBroker second = roles.second();
        // Out of sync by being away; what is written meanwhile the two others have.
        kill(second);
        int at = chance.between(300, 1_500);
        List<SimBroker> controllers =
                world.brokers().stream().filter(SimBroker::controls).toList();
        mend(at, second::start);
        // What the leader asks for waits in its connection; that the second is back it still hears.
        fault(at, () -> controllers.forEach(controller -> hold(leader, controller, true)));
        at += chance.between(20, 400);
        fault(at, () -> {
            if (world.losses().allowsWipe(second)) {
                world.losses().wiped(second);
                block(leader, second, true);
                second.kill();
                second.wipe();
            }
        });
        at += chance.between(250, 800); // before, nobody has noticed that the process was gone
        mend(at, second::start);
        at += chance.between(100, 800);
        mend(at, () -> controllers.forEach(controller -> hold(leader, controller, false)));
        at += chance.between(5, 50);
        fault(at, () -> {
            kill(leader);
            kill(roles.third());
        });
        endAfter(at + chance.between(1_000, 3_000), roles);
        return true;
    }

    /** One direction only: what is sent waits. */
    private void hold(SimBroker from, SimBroker to, boolean closed) {
        world.network().block(from.host(), to.host(), closed);
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

    /** R11: while a replica is away, all that is committed is deleted, and more is written. */
    boolean deleteBehind() {
        Optional<Roles> cast = cast();
        if (cast.isEmpty()) {
            return false;
        }
        Roles roles = begin("deletes behind", cast.get());
        kill(roles.third());
        int at = chance.between(500, 3_000);
        fault(at, () -> operator.deleteRecords(roles.partition(), true));
        at += chance.between(1, 1_500);
        if (chance.oneIn(3)) {
            fault(at, () -> kill(roles.leader()));
        }
        endAfter(at, roles);
        return true;
    }

    /** R22: a replica does not hear that its topic is deleted and another one of the same name is made, or is away then. */
    boolean recreateUnheard() {
        Optional<Roles> cast = cast();
        if (cast.isEmpty()) {
            return false;
        }
        Roles roles = begin("makes a topic anew, unheard", cast.get());
        SimBroker deaf = roles.third();
        if (chance.oneIn(3)) {
            kill(deaf);
        } else {
            // The others reach it, but who controls does not: all images come from there.
            world.brokers().stream()
                    .filter(each -> each != deaf && each.controls())
                    .forEach(controller -> block(controller, deaf, true));
        }
        fault(chance.between(1, 300), operator::recreate);
        int at = chance.between(1_000, 5_000);
        mend(at, () -> world.brokers().forEach(each -> block(each, deaf, false)));
        endAfter(at, roles);
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
