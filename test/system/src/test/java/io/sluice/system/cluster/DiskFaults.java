package io.sluice.system.cluster;

import io.sluice.system.cluster.Fault.Blow;
import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.Network;
import io.sluice.system.harness.PowerDisk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;

/** What happens to machines and disks: the power fails, there is no room. Owned by the test's thread. */
final class DiskFaults {
    private static final Duration SHRINK_WITHIN = Duration.ofSeconds(30);

    private final Victims victims;
    private final Map<Integer, PowerDisk> disks;

    private DiskFaults(Victims victims, Map<Integer, PowerDisk> disks) {
        this.victims = victims;
        this.disks = disks;
    }

    static List<Fault> of(Victims victims, Map<Integer, PowerDisk> disks) {
        DiskFaults faults = new DiskFaults(victims, disks);
        return List.of(
                new Fault("power loss of leader", admin -> faults.losePower("leader", victims.leader(admin))),
                new Fault("power loss of follower", admin -> faults.losePower("follower", victims.follower(admin))),
                new Fault(
                        "power loss of controller", admin -> faults.losePower("controller", victims.controller(admin))),
                new Fault("disk of leader full", admin -> faults.fill("leader", victims.leader(admin))),
                new Fault("disk of follower full", admin -> faults.fill("follower", victims.follower(admin))));
    }

    /** What takes networks too: the others can't fetch from the leader, so that it is the only one in sync. */
    static List<Fault> of(Victims victims, Map<Integer, PowerDisk> disks, Network network) {
        List<Fault> all = new ArrayList<>(of(victims, disks));
        DiskFaults faults = new DiskFaults(victims, disks);
        all.add(new Fault("power loss of the last in sync", admin -> faults.losePowerAlone(admin, network)));
        return all;
    }

    private Blow losePower(String role, int id) {
        losePower(victims.cluster().node(id), disks.get(id));
        return Blow.of("power loss of " + role + " " + id);
    }

    /** The machine stops at once: process first, so that it sees no error and answers nobody, then the disk. */
    static void losePower(BrokerProcess broker, PowerDisk disk) {
        broker.pause();
        disk.cutPower();
        broker.kill();
        disk.restorePower();
        broker.relaunch();
    }

    private Blow losePowerAlone(Admin admin, Network network) {
        int leader = victims.leader(admin);
        int port = victims.cluster().node(leader).port();
        victims.others(leader).forEach(other -> network.cutPorts(other, leader, port, port));
        try {
            // Who leads may change meanwhile, where the controller is cut off too: then it is no fault of this kind.
            boolean alone = awaitAlone(leader);
            losePower(victims.cluster().node(leader), disks.get(leader));
            return new Blow("power loss of " + leader + (alone ? ", the last in sync" : ""), alone);
        } finally {
            network.heal();
        }
    }

    private boolean awaitAlone(int leader) {
        long deadline = System.nanoTime() + SHRINK_WITHIN.toNanos();
        while (System.nanoTime() < deadline) {
            // The others may not hear of it: who can't fetch from a controller has an old image.
            Set<Integer> inSync = victims.inSync(leader);
            if (inSync.equals(Set.of(leader))) {
                return true;
            }
            if (!inSync.isEmpty() && !inSync.contains(leader)) {
                return false;
            }
        }
        return false;
    }

    /** A broker without room refuses writers and goes on reading. */
    private Blow fill(String role, int id) throws InterruptedException {
        disks.get(id).fill();
        try {
            boolean bit = victims.endure();
            boolean alive = victims.cluster().node(id).alive();
            return new Blow("no room on the disk of " + role + " " + id + (alive ? "" : ", which ended"), bit);
        } finally {
            disks.get(id).drain();
            if (!victims.cluster().node(id).alive()) {
                victims.cluster().node(id).relaunch();
            }
        }
    }
}
