package io.sluice.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A cluster of brokers on this machine, for trying things out: what its nodes are started with, and which processes they
 * are, kept in {@code cluster.json} in the cluster's folder. Values; every change is a new one that is {@link #save}d.
 *
 * @param basePort node 1 listens here, the others on the ports after it; from {@code basePort + 100} each node of the
 *     ensemble has three more
 * @param heap of each node, as the launcher takes it
 * @param settings that every node is started with
 * @param nodes in the order of their ids, from 1
 */
record LocalCluster(int basePort, String heap, Map<String, String> settings, List<LocalNode> nodes) {
    static final int NODES_MAX = 9;
    private static final String FILE = "cluster.json";
    private static final int COORDINATION_OFFSET = 100;
    private static final int COORDINATION_PORTS = 3;
    static final int PORT_MAX = 65_535 - COORDINATION_OFFSET - NODES_MAX * COORDINATION_PORTS;

    LocalCluster {
        settings = new LinkedHashMap<>(settings);
        nodes = List.copyOf(nodes);
    }

    /** A new cluster, of which no node runs yet. */
    static LocalCluster of(int size, int basePort, String heap, Map<String, String> settings) {
        List<LocalNode> nodes = new ArrayList<>();
        for (int id = 1; id <= size; id++) {
            nodes.add(new LocalNode(id, basePort + id - 1, 0, 0));
        }
        return new LocalCluster(basePort, heap, settings, nodes);
    }

    /** The cluster that was started in a folder, if one was. */
    static Optional<LocalCluster> find(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            return Optional.of(Json.read(Files.readString(file), LocalCluster.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new CommandFailure(
                    file + " is damaged or cannot be read; stop its brokers by hand and remove it, their data stays",
                    e);
        }
    }

    /** The cluster that was started in a folder. */
    static LocalCluster in(Path folder) {
        return find(folder)
                .orElseThrow(() -> new CommandFailure("no cluster was started in "
                        + folder.toAbsolutePath().normalize() + "; " + Launcher.command()
                        + " cluster start 3 starts one there, --data names another folder"));
    }

    /** Writes it down, whole or not at all. */
    void save(Path folder) {
        Path draft = folder.resolve(FILE + ".new");
        try {
            Files.createDirectories(folder);
            Files.writeString(draft, Json.pretty(this) + "\n");
            Files.move(draft, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + draft, e);
        }
    }

    LocalNode node(int id) {
        return nodes.stream()
                .filter(node -> node.id() == id)
                .findFirst()
                .orElseThrow(() -> new CommandFailure("the cluster has no node " + id + ", only "
                        + nodes.stream().map(node -> String.valueOf(node.id())).collect(Collectors.joining(", "))));
    }

    /** With another state of one node. */
    LocalCluster with(LocalNode changed) {
        return new LocalCluster(
                basePort,
                heap,
                settings,
                nodes.stream()
                        .map(node -> node.id() == changed.id() ? changed : node)
                        .toList());
    }

    /** What {@code --cluster} says. */
    String members() {
        return voters().stream()
                .map(node -> node.id() + "@127.0.0.1:" + coordinationPort(node))
                .collect(Collectors.joining(","));
    }

    /** Three or five nodes form the ensemble; in a smaller cluster, one. */
    private List<LocalNode> voters() {
        return nodes.subList(0, nodes.size() < 3 ? 1 : nodes.size() < 5 ? 3 : 5);
    }

    private int coordinationPort(LocalNode node) {
        return basePort + COORDINATION_OFFSET + (node.id() - 1) * COORDINATION_PORTS;
    }

    /** The ports that a node listens on, for clients first. */
    List<Integer> ports(LocalNode node) {
        List<Integer> ports = new ArrayList<>(List.of(node.port()));
        for (int i = 0; voters().contains(node) && i < COORDINATION_PORTS; i++) {
            ports.add(coordinationPort(node) + i);
        }
        return ports;
    }

    /** The addresses of all nodes, for {@code --bootstrap}. */
    String bootstrap() {
        return nodes.stream().map(LocalNode::listener).collect(Collectors.joining(","));
    }

    /** What the command line of a node's process says after {@code sluice}. */
    List<String> arguments(LocalNode node, Path folder) {
        List<String> words = new ArrayList<>(List.of(
                "server",
                "--node",
                String.valueOf(node.id()),
                "--cluster",
                members(),
                "--listen",
                node.listener(),
                "--data",
                node.data(folder).toString()));
        settings.forEach((name, value) -> words.addAll(List.of("--set", name + "=" + value)));
        return words;
    }

    /** Starts a node's process and returns at once. */
    NodeProcess start(LocalNode node, Path folder) {
        ProcessBuilder builder = Launcher.process(arguments(node, folder), heap);
        builder.redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(node.log(folder).toFile()));
        try {
            Files.createDirectories(folder);
            Process process = builder.start();
            process.getOutputStream().close();
            return NodeProcess.of(process.toHandle());
        } catch (IOException e) {
            throw new CommandFailure("node " + node.id() + " cannot be started: " + e.getMessage(), e);
        }
    }
}
