package io.sluice.cli;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice broker drain}: cordons a broker and moves everything that it holds to others. */
@Command(name = "drain", description = "Cordon a broker and move all its replicas to others, evenly and over racks.")
final class BrokerDrainCommand extends OneBrokerCommand {
    private static final int SHOWN = 5;

    @Option(names = "--plan", description = "Show the moves and make none.")
    private boolean planOnly;

    @Mixin
    private Moves moves = new Moves();

    @Override
    public void run() {
        try (Admin admin = broker().admin()) {
            ClusterView view = ClusterReader.read(broker());
            ClusterView.Broker drained = view.broker(id());
            ReplicaPlanner planner = new ReplicaPlanner(
                    view.placed(),
                    view.takers()
                            .map(ClusterView.Broker::id)
                            .filter(other -> other != id())
                            .toList(),
                    view.racks());
            requireRoom(planner.drain(id()), view);
            MovePlan plan = MovePlan.of(planner);
            if (json()) {
                Json.print(out(), plan);
            } else if (!plan.isEmpty()) {
                plan.print(out());
            }
            if (!planOnly) {
                carryOut(admin, drained, plan, MovePlan.underWay(view, topic -> true));
            }
        }
    }

    private void carryOut(Admin admin, ClusterView.Broker drained, MovePlan plan, MovePlan underWay) {
        if (drained.state() != ClusterView.State.NOT_REGISTERED) {
            Cordon.set(admin, drained, true);
        }
        if (!plan.isEmpty() || moves.areThrottled()) {
            moves.run(admin, plan, underWay, err());
        }
        if (!json()) {
            out().println("broker " + id() + " holds no replicas any more and gets no new ones; " + Launcher.command()
                    + " broker uncordon " + id() + " changes that");
        }
    }

    private void requireRoom(List<TopicPartition> stuck, ClusterView view) {
        if (stuck.isEmpty()) {
            return;
        }
        String some = stuck.stream().limit(SHOWN).map(String::valueOf).collect(Collectors.joining(", "));
        throw new CommandFailure("broker " + id() + " cannot be drained: for " + Moves.partitions(stuck.size()) + " ("
                + some + (stuck.size() > SHOWN ? ", …" : "")
                + ") every other broker that takes replicas has one already; add a broker, or give the topics fewer"
                + " replicas with " + Launcher.command() + " topic reassign TOPIC --replicas N"
                + (view.takers().count() < view.brokers().size() ? ", or uncordon or start one" : ""));
    }
}
