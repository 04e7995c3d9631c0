package io.sluice.system.cluster;

import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.Folders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;

/** Does to a cluster what machines and people do, one fault at a time, and mends it. Owned by the test's thread. */
final class Nemesis {
    private static final String OFFSETS = "__consumer_offsets";

    /** What can happen. */
    enum Fault {
        KILL_LEADER,
        KILL_CONTROLLER,
        KILL_COORDINATOR,
        KILL_ALL,
        /** Longer than the session with ZooKeeper lives. */
        PAUSE_LEADER,
        PAUSE_CONTROLLER,
        RESTART_ONE,
        WIPE_FOLLOWER
    }

    private final BrokerCluster cluster;
    private final String topic;
    private final int offsetsPartitions;
    private final Duration pause;
    private final Random random;

    /**
     * @param topic whose leaders and followers are meant
     * @param pause how long a broker stands still
     */
    Nemesis(BrokerCluster cluster, String topic, int offsetsPartitions, Duration pause, Random random) {
        this.cluster = cluster;
        this.topic = topic;
        this.offsetsPartitions = offsetsPartitions;
        this.pause = pause;
        this.random = random;
    }

    /** Does it, and leaves all processes running again; says what was done to whom. */
    String strike(Fault fault, Admin admin) throws Exception {
        return switch (fault) {
            case KILL_LEADER -> killAndRestart("leader", leaderOf(admin, topic, 0));
            case KILL_CONTROLLER -> killAndRestart("controller", controller(admin));
            case KILL_COORDINATOR ->
                killAndRestart("coordinator", leaderOf(admin, OFFSETS, random.nextInt(offsetsPartitions)));
            case KILL_ALL -> killAll();
            case PAUSE_LEADER -> pause("leader", leaderOf(admin, topic, 0));
            case PAUSE_CONTROLLER -> pause("controller", controller(admin));
            case RESTART_ONE -> restart(1 + random.nextInt(cluster.ids().size()));
            case WIPE_FOLLOWER -> wipe(followerOf(admin));
        };
    }

    private String killAndRestart(String role, int id) throws InterruptedException {
        BrokerProcess broker = cluster.node(id);
        broker.kill();
        TimeUnit.MILLISECONDS.sleep(random.nextInt(3_000));
        broker.relaunch();
        return "kill -9 of " + role + " " + id;
    }

    private String killAll() {
        List<Integer> order = new ArrayList<>(cluster.ids());
        java.util.Collections.shuffle(order, random);
        order.forEach(id -> cluster.node(id).kill());
        order.forEach(id -> cluster.node(id).relaunch());
        return "kill -9 of all";
    }

    private String pause(String role, int id) throws InterruptedException {
        BrokerProcess broker = cluster.node(id);
        broker.pause();
        TimeUnit.MILLISECONDS.sleep(pause.toMillis());
        broker.resume();
        return "pause of " + role + " " + id + " for " + pause.toMillis() + " ms";
    }

    private String restart(int id) {
        BrokerProcess broker = cluster.node(id);
        boolean byItself = broker.stopOrKill(Duration.ofSeconds(20));
        broker.relaunch();
        return (byItself ? "clean restart of " : "hung stop of ") + id;
    }

    /** The disk of a broker is replaced by an empty one. */
    private String wipe(int id) {
        BrokerProcess broker = cluster.node(id);
        broker.kill();
        Folders.delete(broker.data());
        broker.relaunch();
        return "wiped disk of " + id;
    }

    private int leaderOf(Admin admin, String wanted, int partition) {
        return cluster.leader(admin, wanted, partition)
                .orElseThrow(() -> new AssertionError(wanted + "-" + partition + " is not led although all is whole"));
    }

    private static int controller(Admin admin) throws Exception {
        Node controller = admin.describeCluster().controller().get(15, TimeUnit.SECONDS);
        return controller.id();
    }

    private int followerOf(Admin admin) {
        int leader = leaderOf(admin, topic, 0);
        List<Integer> others = new ArrayList<>(cluster.ids());
        others.remove(Integer.valueOf(leader));
        return others.get(random.nextInt(others.size()));
    }
}
