package io.sluice.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code sluice cluster stop}: all brokers at once, cleanly. What they stored stays. */
@Command(name = "stop", description = "Stop all brokers cleanly; the data stays.")
final class ClusterStopCommand extends LocalClusterCommand {
    @Override
    public void run() {
        LocalCluster cluster = LocalCluster.in(folder());
        long deadline = System.nanoTime() + timeout().toNanos();
        List<LocalNode> stopping = new ArrayList<>();
        for (LocalNode node : cluster.nodes()) {
            node.process().ifPresent(process -> {
                process.terminate();
                stopping.add(node);
            });
        }
        for (LocalNode node : stopping) {
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (node.process().filter(process -> !process.endsWithin(left)).isPresent()) {
                throw new CommandFailure("node " + node.id() + " (process " + node.pid() + ") has not ended after "
                        + Human.duration(timeout()) + "; " + command("kill " + node.id()) + " ends it the hard way");
            }
        }
        for (LocalNode node : cluster.nodes()) {
            cluster = cluster.with(node.stopped());
        }
        cluster.save(folder());
        out().println(
                        stopping.isEmpty()
                                ? "no broker of " + folder() + " was running"
                                : "stopped " + stopping.size() + (stopping.size() == 1 ? " broker" : " brokers"));
    }
}
