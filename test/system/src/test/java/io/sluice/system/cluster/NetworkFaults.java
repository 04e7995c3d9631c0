package io.sluice.system.cluster;

import io.sluice.system.cluster.Fault.Blow;
import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.harness.Network;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** What happens to networks: cables are pulled, pairs part, packets go one way only. Owned by the test's thread. */
final class NetworkFaults {
    private final Victims victims;
    private final Network network;

    private NetworkFaults(Victims victims, Network network) {
        this.victims = victims;
        this.network = network;
    }

    static List<Fault> of(Victims victims, Network network) {
        NetworkFaults faults = new NetworkFaults(victims, network);
        return List.of(
                new Fault("isolate leader", admin -> faults.isolate("leader", victims.leader(admin))),
                new Fault("isolate follower", admin -> faults.isolate("follower", victims.follower(admin))),
                new Fault("isolate controller", admin -> faults.isolate("controller", victims.controller(admin))),
                new Fault("part leader and follower", admin -> faults.part("leader", victims.leader(admin))),
                new Fault("part controller and other", admin -> faults.part("controller", victims.controller(admin))),
                new Fault("silence leader", admin -> faults.silence("leader", victims.leader(admin))),
                new Fault("silence follower", admin -> faults.silence("follower", victims.follower(admin))),
                new Fault("deafen leader", admin -> faults.deafen("leader", victims.leader(admin))),
                new Fault("deafen follower", admin -> faults.deafen("follower", victims.follower(admin))),
                new Fault("cut leader from ensemble", admin -> faults.cutOff("leader", victims.leader(admin))),
                new Fault(
                        "cut controller from ensemble",
                        admin -> faults.cutOff("controller", victims.controller(admin))),
                new Fault("ensemble down", faults::ensembleDown));
    }

    private Blow isolate(String role, int id) throws InterruptedException {
        network.unplug(id);
        return last("isolation of " + role + " " + id);
    }

    private Blow part(String role, int id) throws InterruptedException {
        int other = victims.anyBut(id);
        network.separate(id, other);
        return last("separation of " + role + " " + id + " and " + other);
    }

    private Blow silence(String role, int id) throws InterruptedException {
        network.silence(id);
        return last("silence of " + role + " " + id);
    }

    private Blow deafen(String role, int id) throws InterruptedException {
        network.deafen(id);
        return last("deafness of " + role + " " + id);
    }

    /** It reaches no ZooKeeper but its own, which is alone and serves nobody. */
    private Blow cutOff(String role, int id) throws InterruptedException {
        victims.others(id).forEach(other -> cutCoordination(id, other));
        return last(role + " " + id + " without the ensemble");
    }

    /** Nobody reaches another's ZooKeeper: leaders lead on, and the cluster can't change. */
    private Blow ensembleDown(Admin admin) throws InterruptedException {
        for (int id : victims.cluster().ids()) {
            victims.others(id).stream().filter(other -> other > id).forEach(other -> cutCoordination(id, other));
        }
        TimeUnit.MILLISECONDS.sleep(victims.spell().toMillis());
        boolean bit = !canCreate(admin, "while-down-" + System.nanoTime());
        network.heal();
        return new Blow("ensemble down", bit);
    }

    private static boolean canCreate(Admin admin, String topic) throws InterruptedException {
        try {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 3))).all().get(2, TimeUnit.SECONDS);
            return true;
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException refused) {
            return false;
        }
    }

    private void cutCoordination(int one, int other) {
        int last = BrokerCluster.COORDINATION_PORTS - 1;
        int ports = victims.cluster().coordinationPort(other);
        network.cutPorts(one, other, ports, ports + last);
        int ownPorts = victims.cluster().coordinationPort(one);
        network.cutPorts(other, one, ownPorts, ownPorts + last);
    }

    private Blow last(String what) throws InterruptedException {
        try {
            return new Blow(what, victims.endure());
        } finally {
            network.heal();
        }
    }
}
