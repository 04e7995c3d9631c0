package io.sluice.simulation;

import io.sluice.cluster.Cluster;
import io.sluice.cluster.ImageVersion;
import io.sluice.engine.Engine;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A machine that a broker runs on: its disk and address stay, its processes come and go. Crashed ways to go: killed (the
 * page cache survives), without power (what was not synced survives in part), in the middle of a disk operation.
 */
final class SimBroker {
    private final World world;
    private final int id;
    private final SimHost host;
    private final SimDisk disk;
    private @Nullable BrokerLife life;
    private int lives;
    private boolean powerAtDiskEnd;
    private boolean inOrder;

    SimBroker(World world, int id) {
        this.world = world;
        this.id = id;
        this.host = new SimHost(world.simulation(), id, "broker" + id);
        this.disk = new SimDisk(world.simulation().chance("disk" + id));
    }

    int id() {
        return id;
    }

    SimHost host() {
        return host;
    }

    SimDisk disk() {
        return disk;
    }

    Map<String, String> settings() {
        return world.options().brokerSettings();
    }

    @Nullable
    BrokerLife life() {
        return life;
    }

    /** The engine while the broker serves; null else. */
    @Nullable
    Engine engine() {
        BrokerLife now = life;
        return now != null && now.serving() ? now.engine() : null;
    }

    /** Whether it is controller, as its own image has it. */
    boolean controls() {
        BrokerLife now = life;
        return now != null && now.node().cluster().image().controllerId() == id;
    }

    /** The term of the controller that its image is from; 0 while it has none. */
    int controllerEpoch() {
        BrokerLife now = life;
        return now == null ? 0 : now.node().cluster().image().controllerEpoch();
    }

    boolean running() {
        return life != null;
    }

    /** Whether a kill now would count as a loss, because the next process could not prove that it was none. */
    boolean canProve() {
        BrokerLife now = life;
        return now != null && now.canProve();
    }

    boolean paused() {
        BrokerLife now = life;
        return now != null && now.process().paused();
    }

    void say(String what) {
        world.simulation().say(host.name(), what);
    }

    /** Starts a process, if the machine has none. */
    void start() {
        if (life != null) {
            return;
        }
        host.on(true);
        lives++;
        inOrder = false;
        SimProcess process = new SimProcess(world.simulation(), host.clock(), id, host.name() + "." + lives);
        BrokerLife begun = new BrokerLife(this, process, world);
        life = begun;
        say("starts, life " + lives);
        begun.start();
    }

    /** The process ends at once; the machine stays. */
    void kill() {
        BrokerLife now = life;
        if (now != null) {
            say("is killed");
            world.history().look(this);
            now.process().kill();
            life = null;
            host.silence();
            world.network().died(now.process());
            disk.afterKill();
        }
    }

    /** The machine loses its power, and nobody is told. */
    void losePower() {
        BrokerLife now = life;
        say("loses power");
        if (now != null) {
            world.history().look(this);
            now.process().kill();
            life = null;
        }
        host.on(false);
        host.silence();
        disk.afterPowerLoss();
        world.history().forget(this);
    }

    /** Ends the process in the middle of what it does with its disk. */
    void crashAfterDiskOperations(int operations, boolean power) {
        powerAtDiskEnd = power;
        disk.endAfter(operations);
    }

    /** An empty disk is put in while the process is down. */
    void wipe() {
        say("gets an empty disk");
        disk.wipe();
        world.history().forget(this);
    }

    void pause() {
        BrokerLife now = life;
        if (now != null) {
            say("is stopped");
            now.process().pause();
        }
    }

    /** Whether there is no process, and the last one ended by a clean shutdown. */
    boolean wentInOrder() {
        return life == null && inOrder;
    }

    void resume() {
        BrokerLife now = life;
        if (now != null && now.process().paused()) {
            say("goes on");
            now.process().resume();
        }
    }

    /** Shuts down in order. */
    void stop() {
        BrokerLife now = life;
        if (now == null || now.process().paused()) {
            return;
        }
        say("shuts down");
        now.stop().whenComplete((done, failure) -> {
            if (life == now) {
                say("has shut down" + (failure == null ? "" : " with " + failure));
                inOrder = failure == null && now.closedCleanly();
                world.simulation().after(0, id, "exit", () -> exit(now));
            }
        });
    }

    /** A start that failed; the process ends, as the server's does. */
    void gaveUp(BrokerLife which, Throwable why) {
        if (life == which) {
            say("gives up: " + why);
            world.simulation().after(0, id, "exit", () -> exit(which));
        }
    }

    private void exit(BrokerLife which) {
        if (life == which) {
            which.process().kill();
            life = null;
            host.silence();
            world.network().died(which.process());
            disk.afterKill();
        }
    }

    /** Notes the registration, and notices that the disk has ended the process. */
    void afterEvent() {
        BrokerLife now = life;
        if (now != null) {
            now.noteEpoch();
        }
        if (disk.down()) {
            say("is cut down in a disk operation");
            if (powerAtDiskEnd) {
                losePower();
            } else {
                kill();
            }
        }
    }

    /** Checks what a broker is told of the cluster: versions only grow. */
    void watch(Cluster cluster) {
        ImageVersion[] last = {null};
        cluster.addListener(change -> {
            ImageVersion now = change.after().version();
            world.require(
                    last[0] == null || now.compareTo(last[0]) > 0,
                    host + " is told of image " + now + " after " + last[0]);
            last[0] = now;
        });
    }

    @Override
    public String toString() {
        return host.name();
    }
}
