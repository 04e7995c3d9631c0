package io.sluice.cli;

import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice cluster balance}: what to do once brokers were added. */
@Command(name = "balance", description = "Even out replicas and leaders over all brokers, with few moves.")
final class ClusterBalanceCommand extends ClientCommand {
    @Option(names = "--execute", description = "Make the moves, and wait for the last; without it they are only shown.")
    private boolean execute;

    @Mixin
    private Moves moves = new Moves();

    @Override
    public void run() {
        try (Admin admin = broker().admin()) {
            ClusterView view = ClusterReader.read(broker());
            ReplicaPlanner planner = ReplicaPlanner.of(view);
            planner.balance();
            MovePlan plan = MovePlan.of(planner);
            if (json()) {
                Json.print(out(), plan);
            } else if (plan.isEmpty()) {
                out().println("nothing to move: replicas and leaders are as even as they can be");
            } else {
                plan.print(out());
            }
            int elsewhere = view.count(partition -> !partition.offline()
                    && partition.leader() != partition.settled().get(0));
            if (plan.isEmpty() && elsewhere > 0) {
                err().println(Moves.partitions(elsewhere) + (elsewhere == 1 ? " is" : " are")
                        + " led by another than the preferred leader; " + Launcher.command()
                        + " cluster elect changes that");
            }
            if (execute && (!plan.isEmpty() || moves.areThrottled())) {
                moves.run(admin, plan, MovePlan.underWay(view, topic -> true), err());
                err().println(plan.isEmpty() ? "nothing is throttled any more" : "moved " + plan.summary());
            } else if (!plan.isEmpty()) {
                err().println("nothing was moved; --execute does it");
            }
        }
    }
}
