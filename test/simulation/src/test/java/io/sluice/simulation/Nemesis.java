package io.sluice.simulation;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes things go wrong, one after another and at the same time, as the seed will have it, and heals them in the end. It
 * keeps to what the settings promise to survive: crashes that lose what was not synced come only where that is covered.
 */
final class Nemesis {
    /** What can go wrong. */
    enum Fault {
        KILL,
        CRASH_IN_DISK_OPERATION,
        LOSE_POWER,
        WIPE,
        PAUSE,
        SHUT_DOWN,
        BLOCK_LINK,
        BLOCK_ONE_WAY,
        ISOLATE,
        CUT_CONNECTIONS,
        BREAK_CONNECTIONS,
        STORE_KILL,
        STORE_PAUSE,
        STORE_UNREACHABLE,
        EXPIRE_SESSION,
        CLOCK_JUMP,
        SLOW_DISK,
        DISK_ERRORS,
        LOSE_TAIL,
        ROT_TAIL,
        LEAD_IN_TURN,
        JOIN_WITHOUT_DISK,
        TURN_EVERYTHING_OFF,
        MOVE,
        ELECT_PREFERRED,
        DELETE_RECORDS,
        DELETE_BEHIND,
        RECREATE,
        RECREATE_UNHEARD,
        LATE_CALL;

        /** Single ones, that may come at any time. */
        static List<Fault> simple() {
            return List.copyOf(EnumSet.range(KILL, DISK_ERRORS));
        }
    }

    private final World world;
    private final Chance chance;
    private final List<SimHost> others;
    private final Operator operator;
    private final Map<Fault, Integer> counts = new TreeMap<>();
    private final Drill drill;
    private final Terms terms;
    private boolean active;

    /** @param others hosts of clients, more of which may come */
    Nemesis(World world, Operator operator, List<SimHost> others) {
        this.world = world;
        this.chance = world.simulation().chance("nemesis");
        this.others = others;
        this.operator = operator;
        this.terms = new Terms(world, operator, chance);
        this.drill = new Drill(world, operator, chance, () -> active);
    }

    Map<Fault, Integer> counts() {
        return counts;
    }

    void start() {
        active = true;
        next();
    }

    private void next() {
        later(chance.between(20, 1_500), () -> {
            if (active) {
                Fault fault = chance.of(world.options().faults());
                if (strike(fault)) {
                    counts.merge(fault, 1, Integer::sum);
                }
                next();
            }
        });
    }

    private boolean strike(Fault fault) {
        SimBroker broker = chance.of(world.brokers());
        return switch (fault) {
            case KILL -> kill(broker);
            case CRASH_IN_DISK_OPERATION -> crashInDiskOperation(broker);
            case LOSE_POWER -> losePower(broker);
            case WIPE -> wipe(broker);
            case PAUSE -> pause(broker);
            case SHUT_DOWN -> shutDown(broker);
            case BLOCK_LINK -> block(broker.host(), anyOther(broker), true);
            case BLOCK_ONE_WAY -> block(broker.host(), anyOther(broker), false);
            case ISOLATE -> isolate(broker);
            case CUT_CONNECTIONS -> cut(broker.host(), anyOther(broker));
            case BREAK_CONNECTIONS -> breakConnections();
            case STORE_KILL -> killStore();
            case STORE_PAUSE -> pauseStore();
            case STORE_UNREACHABLE -> block(broker.host(), world.ensemble().host(), true);
            case EXPIRE_SESSION -> expire(broker);
            case CLOCK_JUMP -> jump(broker);
            case SLOW_DISK -> slow(broker);
            case DISK_ERRORS -> failDisk(broker);
            case LOSE_TAIL -> drill.loseTheTail(false);
            case ROT_TAIL -> drill.loseTheTail(true);
            case LEAD_IN_TURN -> drill.leadInTurn();
            case JOIN_WITHOUT_DISK -> drill.joinAfterTheDiskIsGone();
            case TURN_EVERYTHING_OFF -> drill.turnEverythingOff();
            case MOVE -> operator.move();
            case ELECT_PREFERRED -> operator.electPreferred();
            case DELETE_RECORDS -> operator.deleteRecords();
            case DELETE_BEHIND -> drill.deleteBehind();
            case RECREATE -> operator.recreate();
            case RECREATE_UNHEARD -> drill.recreateUnheard();
            case LATE_CALL -> terms.lateCall();
        };
    }

    private boolean kill(SimBroker broker) {
        if (!broker.running() || (!broker.canProve() && !mayLose(broker))) {
            return false;
        }
        broker.kill();
        restartLater(broker);
        return true;
    }

    private boolean crashInDiskOperation(SimBroker broker) {
        // It may come while nothing can be proven, as during a recovery: it counts as a loss.
        if (!broker.running() || !mayLose(broker)) {
            return false;
        }
        broker.crashAfterDiskOperations(chance.below(60), false);
        restartLater(broker);
        return true;
    }

    private boolean mayLose(SimBroker broker) {
        boolean may = world.losses().allowsPowerLoss(broker);
        if (may) {
            world.losses().powerLost(broker);
        }
        return may;
    }

    private boolean losePower(SimBroker broker) {
        if (!mayLose(broker)) {
            return false;
        }
        broker.losePower();
        restartLater(broker);
        return true;
    }

    private boolean wipe(SimBroker broker) {
        if (!world.losses().allowsWipe(broker)) {
            return false;
        }
        world.losses().wiped(broker);
        broker.losePower();
        broker.wipe();
        restartLater(broker);
        return true;
    }

    private void restartLater(SimBroker broker) {
        later(chance.oneIn(4) ? chance.between(3_000, 12_000) : chance.between(1, 1_500), broker::start);
    }

    private boolean pause(SimBroker broker) {
        if (!broker.running() || broker.paused()) {
            return false;
        }
        broker.pause();
        later(chance.oneIn(3) ? chance.between(6_000, 14_000) : chance.between(10, 3_000), broker::resume);
        return true;
    }

    private boolean shutDown(SimBroker broker) {
        if (broker.engine() == null || broker.paused() || (!broker.canProve() && !mayLose(broker))) {
            return false;
        }
        broker.stop();
        later(chance.between(500, 8_000), broker::start);
        return true;
    }

    private SimHost anyOther(SimBroker broker) {
        List<SimHost> choices = new ArrayList<>(others);
        // Brokers among themselves are where it matters.
        for (int i = 0; i < 4; i++) {
            world.brokers().forEach(each -> choices.add(each.host()));
        }
        choices.removeIf(host -> host == broker.host());
        return chance.of(choices);
    }

    private boolean block(SimHost one, SimHost other, boolean bothWays) {
        boolean there = chance.oneIn(2) || bothWays;
        boolean back = !there || bothWays;
        world.simulation().say("nemesis", "blocks " + one + (there ? " →" : "") + (back ? " ←" : "") + " " + other);
        blocked(one, other, there, back, true);
        later(howLong(), () -> {
            if (active) {
                world.simulation().say("nemesis", "opens " + one + " – " + other);
                blocked(one, other, there, back, false);
                if (chance.oneIn(2)) {
                    world.network().cut(one, other);
                }
            }
        });
        return true;
    }

    private void blocked(SimHost one, SimHost other, boolean there, boolean back, boolean closed) {
        if (there) {
            world.network().block(one, other, closed);
        }
        if (back) {
            world.network().block(other, one, closed);
        }
    }

    private boolean isolate(SimBroker broker) {
        world.simulation().say("nemesis", "isolates " + broker.host());
        boolean storeToo = chance.oneIn(2);
        List<SimHost> from = new ArrayList<>();
        world.brokers().forEach(each -> from.add(each.host()));
        if (storeToo) {
            from.add(world.ensemble().host());
        }
        from.remove(broker.host());
        from.forEach(other -> blocked(broker.host(), other, true, true, true));
        later(howLong(), () -> {
            if (active) {
                world.simulation().say("nemesis", "rejoins " + broker.host());
                from.forEach(other -> blocked(broker.host(), other, true, true, false));
            }
        });
        return true;
    }

    private int howLong() {
        return chance.oneIn(3) ? chance.between(5_000, 15_000) : chance.between(50, 4_000);
    }

    private boolean cut(SimHost one, SimHost other) {
        world.simulation().say("nemesis", "cuts " + one + " – " + other);
        world.network().cut(one, other);
        return true;
    }

    private boolean breakConnections() {
        world.network().breaksPerMillion(chance.between(500, 20_000));
        later(chance.between(500, 4_000), () -> world.network().breaksPerMillion(0));
        return true;
    }

    private boolean killStore() {
        if (!world.ensemble().process().alive()) {
            return false;
        }
        world.simulation().say("nemesis", "kills the store");
        world.ensemble().kill();
        later(howLong(), world.ensemble()::start);
        return true;
    }

    private boolean pauseStore() {
        SimProcess process = world.ensemble().process();
        if (!process.alive() || process.paused()) {
            return false;
        }
        world.simulation().say("nemesis", "stops the store");
        process.pause();
        later(howLong(), world.ensemble()::resume);
        return true;
    }

    private boolean expire(SimBroker broker) {
        BrokerLife life = broker.life();
        if (life == null || life.store().sessionId() == 0) {
            return false;
        }
        world.simulation().say("nemesis", "ends the session of " + broker.host());
        world.ensemble().end(life.store().sessionId());
        return true;
    }

    private boolean jump(SimBroker broker) {
        int ms = chance.between(-120_000, 120_000);
        broker.say("sets its clock by " + ms + " ms");
        broker.host().clock().jumpMs(ms);
        return true;
    }

    private boolean slow(SimBroker broker) {
        BrokerLife life = broker.life();
        if (life == null) {
            return false;
        }
        broker.say("has a slow disk");
        life.process().workers().slowest(chance.between(50, 2_000) * Simulation.MILLIS);
        later(chance.between(500, 6_000), () -> life.process().workers().slowest(3 * Simulation.MILLIS));
        return true;
    }

    /** Reads, writes and syncs fail for a while; then somebody starts the broker anew, on a disk that works. */
    private boolean failDisk(SimBroker broker) {
        if (!broker.running() || !mayLose(broker)) {
            return false;
        }
        broker.say("has a failing disk");
        broker.disk().errorsPerMillion(chance.between(1_000, 200_000));
        later(chance.between(200, 4_000), () -> mend(broker));
        return true;
    }

    private void mend(SimBroker broker) {
        broker.disk().errorsPerMillion(0);
        broker.resume();
        if (chance.oneIn(2)) {
            broker.losePower(); // it was counted as that
        } else {
            broker.kill();
        }
        restartLater(broker);
    }

    /** All is well again: everything runs, everybody reaches everybody. */
    void heal() {
        active = false;
        world.simulation().say("nemesis", "heals everything");
        world.network().openAll();
        world.network().breaksPerMillion(0);
        if (world.ensemble().process().paused()) {
            world.ensemble().resume();
        }
        world.ensemble().start();
        world.brokers().forEach(SimBroker::resume);
        world.brokers().stream().filter(each -> each.disk().hasFailed()).forEach(SimBroker::kill);
        keepRunning();
    }

    /** A broker that gives up while starting, or whose last crash comes late, is started again, as an operator would. */
    private void keepRunning() {
        world.brokers().forEach(broker -> {
            if (!broker.running()) {
                broker.start();
            }
        });
        later(500, this::keepRunning);
    }

    private void later(int ms, Runnable task) {
        world.simulation().after(ms * Simulation.MILLIS, 0, "nemesis", task);
    }
}
