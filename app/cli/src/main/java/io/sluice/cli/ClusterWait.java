package io.sluice.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;

/** Waits until brokers that were just started serve: each is in the cluster and answers for itself. */
final class ClusterWait {
    private static final int ASK_WITHIN_MS = 2_000;
    private static final long PAUSE_MS = 200;

    private final LocalCluster cluster;
    private final Path folder;
    private final PrintWriter err;

    ClusterWait(LocalCluster cluster, Path folder, PrintWriter err) {
        this.cluster = cluster;
        this.folder = folder;
        this.err = err;
    }

    /** Returns when all of {@code wanted} serve; fails as soon as one of them has ended, or when it takes too long. */
    void until(List<LocalNode> wanted, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Set<Integer> missing = ids(wanted);
        err.println("waiting for " + nodes(missing));
        err.flush();
        try (Admin admin = new PromptAdmin(properties())) {
            while (!missing.isEmpty()) {
                requireAlive(wanted);
                missing.removeAll(serving(admin, missing));
                if (!missing.isEmpty() && System.nanoTime() - deadline > 0) {
                    throw new CommandFailure(nodes(missing) + (missing.size() == 1 ? " does" : " do")
                            + " not serve after " + Human.duration(timeout) + "; " + lastWords(missing));
                }
                Pause.ms(missing.isEmpty() ? 0 : PAUSE_MS);
            }
        }
    }

    private Map<String, Object> properties() {
        return Map.of(
                "bootstrap.servers",
                cluster.bootstrap(),
                "client.id",
                "sluice-cli",
                "request.timeout.ms",
                ASK_WITHIN_MS,
                "default.api.timeout.ms",
                ASK_WITHIN_MS,
                "reconnect.backoff.max.ms",
                PAUSE_MS,
                "metric.reporters",
                "",
                "enable.metrics.push",
                "false");
    }

    /** Those that answer: what is in a node's folders, only it can say. */
    private static Set<Integer> serving(Admin admin, Set<Integer> asked) {
        Set<Integer> known = Answer.ifKnown(admin.describeCluster().nodes()).orElse(List.of()).stream()
                .map(Node::id)
                .filter(asked::contains)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<Integer> serving = new TreeSet<>();
        admin.describeLogDirs(known).descriptions().forEach((id, folders) -> {
            if (Answer.ifKnown(folders).isPresent()) {
                serving.add(id);
            }
        });
        return serving;
    }

    private void requireAlive(List<LocalNode> wanted) {
        for (LocalNode node : wanted) {
            if (node.process().isEmpty()) {
                throw new CommandFailure("node " + node.id() + " has ended; " + lastWords(Set.of(node.id())));
            }
        }
    }

    /** The last line of a log says why a broker does not start. */
    private String lastWords(Set<Integer> ids) {
        Path log = cluster.node(ids.iterator().next()).log(folder);
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8).stream()
                    .filter(line -> !line.isBlank())
                    .toList();
            return lines.isEmpty() ? log + " is empty" : "the last line of " + log + ": " + lines.get(lines.size() - 1);
        } catch (IOException e) {
            return "its log " + log + " cannot be read";
        }
    }

    private static Set<Integer> ids(List<LocalNode> nodes) {
        return nodes.stream().map(LocalNode::id).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String nodes(Set<Integer> ids) {
        return (ids.size() == 1 ? "node " : "nodes ")
                + ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
