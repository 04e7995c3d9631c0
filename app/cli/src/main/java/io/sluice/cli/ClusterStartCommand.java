package io.sluice.cli;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code sluice cluster start}: one process for each broker, which stay when the command ends. */
@Command(
        name = "start",
        description = "Start a cluster of brokers on this machine, or the one that was stopped.",
        footer = {
            "",
            "Node N listens on 127.0.0.1 on the N-th port from --base-port; from 100 ports after it each has three",
            "more for ZooKeeper. With three nodes or more, topics get three replicas, acks=all needs two of them,",
            "and a broker that hangs is given up after six seconds; --set changes any of that."
        })
final class ClusterStartCommand extends LocalClusterCommand {
    private static final int REPLICAS = 3;

    @Parameters(
            arity = "0..1",
            paramLabel = "NODES",
            defaultValue = "3",
            description = "How many brokers (default: ${DEFAULT-VALUE}).")
    private int size = REPLICAS;

    @Option(
            names = "--base-port",
            paramLabel = "N",
            defaultValue = "9092",
            description = "Where the first broker listens (default: ${DEFAULT-VALUE}).")
    private int basePort = 9092;

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            defaultValue = "512m",
            description = "Largest heap of each broker (default: ${DEFAULT-VALUE}).")
    private String heap = "512m";

    @Option(
            names = {"-s", "--set"},
            paramLabel = "NAME=VALUE",
            description = "A setting of every broker. May be repeated.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Override
    public void run() {
        check();
        LocalCluster cluster = LocalCluster.find(folder()).map(this::again).orElseGet(this::fresh);
        requireFreePorts(cluster);
        for (LocalNode node : cluster.nodes()) {
            cluster = cluster.with(node.withProcess(cluster.start(node, folder())));
            cluster.save(folder()); // at once: what is started can be stopped, whatever comes next
        }
        try {
            new ClusterWait(cluster, folder(), err()).until(cluster.nodes(), timeout());
        } catch (CommandFailure e) {
            cluster.nodes().forEach(node -> node.process().ifPresent(NodeProcess::kill));
            throw e;
        }
        announce(cluster);
    }

    private void check() {
        if (size < 1 || size > LocalCluster.NODES_MAX) {
            throw new ParameterException(
                    spec().commandLine(), "a cluster here has 1 to " + LocalCluster.NODES_MAX + " nodes, not " + size);
        }
        if (basePort < 1 || basePort > LocalCluster.PORT_MAX) {
            throw new ParameterException(
                    spec().commandLine(), "--base-port takes 1 to " + LocalCluster.PORT_MAX + ", not " + basePort);
        }
    }

    /** Before any process is started: all of them would wait for the one that cannot listen. */
    private static void requireFreePorts(LocalCluster cluster) {
        for (LocalNode node : cluster.nodes()) {
            for (int port : cluster.ports(node)) {
                try (ServerSocket socket = new ServerSocket()) {
                    socket.setReuseAddress(true); // as the broker does: connections that are just over hold up nobody
                    socket.bind(new InetSocketAddress("127.0.0.1", port));
                } catch (IOException e) {
                    throw new CommandFailure(
                            "port " + port + " of node " + node.id()
                                    + " is in use; stop what listens there, or give others with --base-port",
                            e);
                }
            }
        }
    }

    private LocalCluster fresh() {
        Map<String, String> settings = new LinkedHashMap<>();
        if (size >= REPLICAS) {
            settings.put("default.replication.factor", String.valueOf(REPLICAS));
            settings.put("min.insync.replicas", "2");
            settings.put("zookeeper.session.timeout.ms", "6000");
        }
        settings.putAll(set);
        return LocalCluster.of(size, basePort, heap, settings);
    }

    /** The cluster that was started here before, with what this command says anew. */
    private LocalCluster again(LocalCluster before) {
        List<LocalNode> alive = before.nodes().stream()
                .filter(node -> node.process().isPresent())
                .toList();
        if (!alive.isEmpty()) {
            LocalNode first = alive.get(0);
            throw new CommandFailure("the cluster in " + folder() + " runs already (node " + first.id() + ", process "
                    + first.pid() + "); " + command("status") + " shows it, " + command("stop") + " ends it");
        }
        if (before.nodes().size() != size) {
            throw new CommandFailure("the cluster in " + folder() + " has "
                    + before.nodes().size() + " nodes; start as many, remove the folder, or give another with --data");
        }
        return fresh();
    }

    private void announce(LocalCluster cluster) {
        out().println("A cluster of " + cluster.nodes().size()
                + (cluster.nodes().size() == 1 ? " broker" : " brokers") + " is ready.");
        out().println();
        Table table = new Table(">NODE", ">PID", "LISTENER", "DATA", "LOG");
        for (LocalNode node : cluster.nodes()) {
            table.row(node.id(), node.pid(), node.listener(), node.data(folder()), node.log(folder()));
        }
        table.print(out());
        out().println();
        out().println("  export SLUICE_BOOTSTRAP=" + cluster.bootstrap());
        out().println("  " + Launcher.command() + " topic create orders -p 6");
        out().println("  " + command("status"));
        if (cluster.nodes().size() >= REPLICAS) {
            out().println("  " + command("kill 1") + "    (" + command("restart 1") + " brings it back)");
        }
        out().println("  " + command("stop"));
        out().flush();
    }
}
