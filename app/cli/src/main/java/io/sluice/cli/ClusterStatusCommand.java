package io.sluice.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sluice cluster status}: the processes as this machine sees them, and the cluster as its brokers do. */
@Command(name = "status", description = "Show the brokers of a cluster on this machine, and how it does.")
final class ClusterStatusCommand extends LocalClusterCommand {
    private static final int ASK_WITHIN_MS = 8_000;
    /** One that hangs is among the brokers until its session ends; then another is asked. */
    private static final int ASK_ONE_WITHIN_MS = 2_000;

    @Mixin
    private OutputOptions output = new OutputOptions();

    /** A node as {@code --json} prints it. */
    record NodeStatus(int id, String state, long pid, String listener, int leads, int holds, int inSync) {}

    @Override
    public void run() {
        LocalCluster cluster = LocalCluster.in(folder());
        List<LocalNode> running = cluster.nodes().stream()
                .filter(node -> state(node).equals("running"))
                .toList();
        Optional<ClusterReport> asked = ask(running);
        ClusterReport report = asked.orElse(ClusterReport.UNKNOWN);
        List<NodeStatus> nodes = new ArrayList<>();
        cluster.nodes().forEach(node -> nodes.add(status(node, report)));
        if (output.json()) {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("nodes", nodes);
            all.put("cluster", report);
            Json.print(out(), all);
            return;
        }
        print(nodes, report);
        if (asked.isEmpty() && !running.isEmpty()) {
            err().println("no broker says how the cluster does; the logs are in " + folder());
        }
    }

    private static String state(LocalNode node) {
        return node.process()
                .map(process -> process.isPaused() ? "paused" : "running")
                .orElse(node.pid() == 0 ? "stopped" : "dead");
    }

    private static Optional<ClusterReport> ask(List<LocalNode> running) {
        if (running.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put(
                "bootstrap.servers", running.stream().map(LocalNode::listener).collect(Collectors.joining(",")));
        properties.put("client.id", "sluice-cli");
        properties.put("request.timeout.ms", ASK_ONE_WITHIN_MS);
        properties.put("default.api.timeout.ms", ASK_WITHIN_MS);
        properties.put("metric.reporters", "");
        properties.put("enable.metrics.push", "false");
        try (Admin admin = new PromptAdmin(properties)) {
            return ClusterReport.ask(admin);
        }
    }

    private static NodeStatus status(LocalNode node, ClusterReport report) {
        boolean known = report.partitions() >= 0;
        ClusterReport.Broker share = report.brokers().getOrDefault(node.id(), ClusterReport.Broker.IDLE);
        return new NodeStatus(
                node.id(),
                state(node),
                node.process().map(NodeProcess::pid).orElse(0L),
                node.listener(),
                known ? share.leads() : -1,
                known ? share.holds() : -1,
                known ? share.inSync() : -1);
    }

    private void print(List<NodeStatus> nodes, ClusterReport report) {
        Table table = new Table(">NODE", "STATE", ">PID", "LISTENER", ">LEADS", ">REPLICAS", ">IN SYNC", "");
        for (NodeStatus node : nodes) {
            table.row(
                    node.id(),
                    node.state(),
                    node.pid() == 0 ? "-" : node.pid(),
                    node.listener(),
                    Human.count(node.leads()),
                    Human.count(node.holds()),
                    Human.count(node.inSync()),
                    node.id() == report.controller() ? "controller" : "");
        }
        table.print(out());
        if (report.partitions() >= 0) {
            out().println();
            out().println(Human.count(report.partitions()) + " partitions: "
                    + Human.count(report.underReplicated()) + " under-replicated, " + Human.count(report.offline())
                    + " offline");
        }
        out().flush();
    }
}
