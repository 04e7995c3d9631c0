package io.sluice.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sluice cluster restart}: one node after the other, each cleanly, or from where a crash left it. */
@Command(name = "restart", description = "Stop brokers cleanly, one after the other, and start them again.")
final class ClusterRestartCommand extends LocalClusterCommand {
    @Parameters(arity = "1..*", paramLabel = "NODE", description = "Numbers of the nodes.")
    private List<Integer> ids = List.of();

    @Override
    public void run() {
        LocalCluster cluster = LocalCluster.in(folder());
        ids.forEach(cluster::node); // all are there before the first is touched
        for (int id : ids) {
            LocalNode node = cluster.node(id);
            node.process().ifPresent(process -> {
                process.terminate();
                if (!process.endsWithin(timeout())) {
                    throw new CommandFailure("node " + id + " (process " + process.pid() + ") has not ended after "
                            + Human.duration(timeout()) + "; " + command("kill " + id) + " ends it the hard way");
                }
            });
            LocalNode started = node.withProcess(cluster.start(node, folder()));
            cluster = cluster.with(started);
            cluster.save(folder());
            new ClusterWait(cluster, folder(), err()).until(List.of(started), timeout());
            out().println("node " + id + " serves again (process " + started.pid() + ")");
            out().flush();
        }
    }
}
