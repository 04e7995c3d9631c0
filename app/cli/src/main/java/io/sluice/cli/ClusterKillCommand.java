package io.sluice.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sluice cluster kill}. */
@Command(name = "kill", description = "Kill brokers with SIGKILL, as a crash would.")
final class ClusterKillCommand extends LocalClusterCommand {
    @Parameters(arity = "1..*", paramLabel = "NODE", description = "Numbers of the nodes.")
    private List<Integer> ids = List.of();

    @Override
    public void run() {
        LocalCluster cluster = LocalCluster.in(folder());
        for (int id : ids) {
            LocalNode node = cluster.node(id);
            NodeProcess process = node.requireProcess();
            process.kill();
            if (!process.endsWithin(timeout())) {
                throw new CommandFailure(
                        "process " + process.pid() + " of node " + id + " was killed and has not ended");
            }
            out().println("killed node " + id + " (process " + process.pid() + ")");
        }
    }
}
