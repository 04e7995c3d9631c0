package io.sluice.system.cluster;

import io.sluice.system.cluster.Fault.Blow;
import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.Folders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What happens to processes: they are killed, stand still, are started again. Owned by the test's thread. */
final class ProcessFaults {
    /** From a restart that nobody noticed the end before to one after all leaders have moved. */
    private static final int DOWN_MS_MAX = 2_000;

    private final Victims victims;

    private ProcessFaults(Victims victims) {
        this.victims = victims;
    }

    static List<Fault> of(Victims victims) {
        ProcessFaults faults = new ProcessFaults(victims);
        return List.of(
                new Fault("kill leader", admin -> faults.kill("leader", victims.leader(admin))),
                new Fault("kill controller", admin -> faults.kill("controller", victims.controller(admin))),
                new Fault("kill coordinator", admin -> faults.kill("coordinator", victims.coordinator(admin))),
                new Fault("kill all", admin -> faults.killAll()),
                new Fault("pause leader", admin -> faults.pause("leader", victims.leader(admin))),
                new Fault("pause controller", admin -> faults.pause("controller", victims.controller(admin))),
                new Fault("clean restart", admin -> faults.restart(victims.any())),
                new Fault("rolling restart", admin -> faults.roll()),
                new Fault("wipe follower", admin -> faults.wipe(victims.follower(admin))));
    }

    private Blow kill(String role, int id) throws InterruptedException {
        BrokerProcess broker = victims.cluster().node(id);
        broker.kill();
        TimeUnit.MILLISECONDS.sleep(victims.random().nextInt(DOWN_MS_MAX));
        broker.relaunch();
        return Blow.of("kill -9 of " + role + " " + id);
    }

    private Blow killAll() {
        List<Integer> order = new ArrayList<>(victims.cluster().ids());
        Collections.shuffle(order, victims.random());
        order.forEach(id -> victims.cluster().node(id).kill());
        order.forEach(id -> victims.cluster().node(id).relaunch());
        return Blow.of("kill -9 of all");
    }

    private Blow pause(String role, int id) throws InterruptedException {
        BrokerProcess broker = victims.cluster().node(id);
        broker.pause();
        try {
            return new Blow("pause of " + role + " " + id, victims.endure());
        } finally {
            broker.resume();
        }
    }

    private Blow restart(int id) {
        BrokerProcess broker = victims.cluster().node(id);
        boolean byItself = broker.stopOrKill(Duration.ofSeconds(20));
        broker.relaunch();
        return Blow.of((byItself ? "clean restart of " : "hung stop of ") + id);
    }

    /** One after the other, as an upgrade does it: the next when the last one serves again. */
    private Blow roll() {
        for (int id : victims.cluster().ids()) {
            restart(id);
            victims.cluster().node(id).awaitReady();
        }
        return Blow.of("rolling restart");
    }

    /** The disk of a broker is replaced by an empty one. */
    private Blow wipe(int id) {
        BrokerProcess broker = victims.cluster().node(id);
        broker.kill();
        Folders.delete(broker.data());
        broker.relaunch();
        return Blow.of("wiped disk of " + id);
    }
}
