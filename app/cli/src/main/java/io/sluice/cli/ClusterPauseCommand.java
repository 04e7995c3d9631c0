package io.sluice.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sluice cluster pause}. */
@Command(name = "pause", description = "Hold brokers with SIGSTOP: their connections stay and nothing answers.")
final class ClusterPauseCommand extends LocalClusterCommand {
    @Parameters(arity = "1..*", paramLabel = "NODE", description = "Numbers of the nodes.")
    private List<Integer> ids = List.of();

    @Override
    public void run() {
        LocalCluster cluster = LocalCluster.in(folder());
        for (int id : ids) {
            NodeProcess process = cluster.node(id).requireProcess();
            process.pause();
            out().println("paused node " + id + " (process " + process.pid() + "); " + command("resume " + id)
                    + " lets it go on");
        }
    }
}
