package io.sluice.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code sluice cluster resume}. */
@Command(name = "resume", description = "Let paused brokers go on, with SIGCONT.")
final class ClusterResumeCommand extends LocalClusterCommand {
    @Parameters(arity = "1..*", paramLabel = "NODE", description = "Numbers of the nodes.")
    private List<Integer> ids = List.of();

    @Override
    public void run() {
        LocalCluster cluster = LocalCluster.in(folder());
        for (int id : ids) {
            NodeProcess process = cluster.node(id).requireProcess();
            process.resume();
            out().println("node " + id + " goes on (process " + process.pid() + ")");
        }
    }
}
