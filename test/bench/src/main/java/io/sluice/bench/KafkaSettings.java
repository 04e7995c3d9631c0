package io.sluice.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;

/**
 * The settings of Kafka nodes in KRaft combined mode (each is broker and controller): those of the file that Kafka
 * ships, with its internal topics' replication factors raised to the number of nodes, three at most.
 *
 * @param nodes all of the cluster, which is also the quorum
 */
record KafkaSettings(List<Node> nodes, Detection detection) {
    /** How many ports in a row a node takes: the clients' and the controllers'. */
    static final int PORTS = 2;

    private static final int REPLICAS_MAX = 3;

    /** @param directory the id of its data folder, which the quorum's first configuration names */
    record Node(int id, int port, Uuid directory) {
        int controllerPort() {
            return port + 1;
        }
    }

    /** Nodes with the ids 1, 2, ... and these ports. */
    static KafkaSettings ofNodes(int[] ports, Detection detection) {
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < ports.length; i++) {
            nodes.add(new Node(i + 1, ports[i], Uuid.randomUuid()));
        }
        return new KafkaSettings(List.copyOf(nodes), detection);
    }

    /** What {@code kafka-storage format} takes to make these nodes the first voters of the quorum. */
    String initialControllers() {
        return joined(node -> node.id() + "@127.0.0.1:" + node.controllerPort() + ":" + node.directory());
    }

    /** The lines of one node's {@code server.properties}. */
    List<String> lines(Node node, Path data) {
        int replicas = Math.min(nodes.size(), REPLICAS_MAX);
        int inSync = Math.max(1, replicas - 1);
        String listener = "PLAINTEXT://127.0.0.1:" + node.port();
        List<String> lines = new ArrayList<>(List.of(
                "process.roles=broker,controller",
                "node.id=" + node.id(),
                "controller.quorum.bootstrap.servers=" + joined(voter -> "127.0.0.1:" + voter.controllerPort()),
                "listeners=" + listener + ",CONTROLLER://127.0.0.1:" + node.controllerPort(),
                "advertised.listeners=" + listener,
                "inter.broker.listener.name=PLAINTEXT",
                "controller.listener.names=CONTROLLER",
                "num.network.threads=3",
                "num.io.threads=8",
                "socket.send.buffer.bytes=102400",
                "socket.receive.buffer.bytes=102400",
                "socket.request.max.bytes=104857600",
                "log.dirs=" + data,
                "num.partitions=1",
                "default.replication.factor=" + replicas,
                "offsets.topic.replication.factor=" + replicas,
                "share.coordinator.state.topic.replication.factor=" + replicas,
                "share.coordinator.state.topic.min.isr=" + inSync,
                "transaction.state.log.replication.factor=" + replicas,
                "transaction.state.log.min.isr=" + inSync,
                "log.retention.hours=168",
                "log.segment.bytes=1073741824",
                "log.retention.check.interval.ms=300000"));
        lines.addAll(timeOuts());
        return lines;
    }

    /**
     * A broker's session with the controller is what Sluice's session with ZooKeeper is. Four heartbeats a session, as
     * in Kafka's defaults; a follower of the quorum looks for another leader after the same time, which here is Kafka's
     * default.
     */
    private List<String> timeOuts() {
        return switch (detection) {
            case DEFAULT -> List.of();
            case EQUAL ->
                List.of(
                        "broker.session.timeout.ms=" + Detection.EQUAL_SESSION_MS,
                        "broker.heartbeat.interval.ms=" + Detection.EQUAL_SESSION_MS / 4,
                        "controller.quorum.fetch.timeout.ms=" + Detection.EQUAL_SESSION_MS);
        };
    }

    private String joined(Function<Node, String> part) {
        return nodes.stream().map(part).collect(Collectors.joining(","));
    }
}
