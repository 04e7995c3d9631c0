package io.sluice.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code sluice topic reassign}. */
@Command(name = "reassign", description = "Move a topic to other brokers, or give it more or fewer replicas.")
final class TopicReassignCommand extends ClientCommand {
    @Parameters(paramLabel = "TOPIC", description = "Name of the topic.")
    private String name = "";

    @Mixin
    private Assignments assignments = new Assignments();

    @Option(
            names = "--brokers",
            split = ",",
            paramLabel = "BROKER",
            description = "Brokers that may hold the topic, with commas between; replicas on others move there.")
    private List<Integer> brokers = List.of();

    @Option(
            names = {"-r", "--replicas"},
            paramLabel = "N",
            description = "Replicas that each partition is to have.")
    private @Nullable Integer replicas;

    @Option(names = "--cancel", description = "Take back the moves of the topic that are under way.")
    private boolean cancel;

    @Option(names = "--execute", description = "Begin the moves; without it they are only shown.")
    private boolean execute;

    @Option(names = "--wait", description = "With --execute: wait until they are complete, and show how it goes.")
    private boolean wait;

    @Mixin
    private Moves moves = new Moves();

    @Override
    public void run() {
        requireOneWay();
        try (Admin admin = broker().admin()) {
            Answer.of(admin.describeTopics(List.of(name)).topicNameValues(), name, Topics.subject(name));
            ClusterView view = ClusterReader.read(broker());
            if (cancel) {
                cancel(admin, view);
                return;
            }
            MovePlan plan = plan(view);
            if (json()) {
                Json.print(out(), plan);
            } else if (plan.isEmpty()) {
                out().println("nothing to move: " + name + " is there already");
            } else {
                plan.print(out());
            }
            if (!plan.isEmpty() || (execute && moves.areThrottled())) {
                carryOut(admin, plan, MovePlan.underWay(view, name::equals));
            }
        }
    }

    private void requireOneWay() {
        int ways = (assignments.isEmpty() ? 0 : 1) + (brokers.isEmpty() && replicas == null ? 0 : 1) + (cancel ? 1 : 0);
        if (ways != 1) {
            throw new ParameterException(
                    spec().commandLine(),
                    "Say where to: --assignment PARTITION=BROKER,..., or --brokers and --replicas, or --cancel");
        }
        if (replicas != null && replicas < 1) {
            throw new ParameterException(spec().commandLine(), "--replicas takes a number from 1 on, not " + replicas);
        }
    }

    private MovePlan plan(ClusterView view) {
        ReplicaPlanner planner = ReplicaPlanner.of(view);
        if (!assignments.isEmpty()) {
            assignments.byPartition().forEach((partition, on) -> planner.put(new TopicPartition(name, partition), on));
            return MovePlan.of(planner);
        }
        List<Integer> allowed = brokers.isEmpty() ? List.copyOf(view.brokers().keySet()) : brokers;
        allowed.forEach(view::broker);
        view.partitions().stream()
                .filter(partition -> partition.topic().equals(name))
                .forEach(partition -> planner.fit(
                        partition.key(),
                        allowed,
                        Optional.ofNullable(replicas).orElse(partition.settled().size())));
        return MovePlan.of(planner);
    }

    private void carryOut(Admin admin, MovePlan plan, MovePlan underWay) {
        if (!execute) {
            err().println("nothing was moved; --execute does it");
        } else if (wait) {
            moves.run(admin, plan, underWay, err());
            err().println(plan.isEmpty() ? "nothing of " + name + " moves any more" : "moved " + plan.summary());
        } else {
            moves.begin(admin, plan, underWay, err());
            int throttled = moves.areThrottled() ? moves.unthrottle(admin, name::equals) : 0;
            String begun = plan.isEmpty() ? "" : "begun; ";
            if (throttled > 0) {
                err().println(begun + "the throttle of " + Moves.partitions(throttled) + " of " + name
                        + " stays: run the same command again once the moves are complete, with --wait to wait for that,"
                        + " to take it off; --cancel takes back both");
            } else if (plan.isEmpty()) {
                err().println("nothing of " + name + " is throttled any more");
            } else {
                err().println(begun + Launcher.command()
                        + " cluster describe shows how it goes, --cancel takes it back");
            }
        }
    }

    private void cancel(Admin admin, ClusterView view) {
        List<TopicPartition> moving = view.partitions().stream()
                .filter(partition -> partition.topic().equals(name) && partition.moves())
                .map(ClusterView.Partition::key)
                .toList();
        List<TopicPartition> cancelled = moving.isEmpty() ? List.of() : Moves.cancel(admin, moving);
        moves.unthrottle(admin, name::equals);
        if (json()) {
            Json.print(
                    out(),
                    Map.of(
                            "topic",
                            name,
                            "cancelled",
                            cancelled.stream().map(TopicPartition::partition).toList()));
        } else {
            out().println(
                            cancelled.isEmpty()
                                    ? "no partition of " + name + " is moving"
                                    : "took back the moves of " + Moves.partitions(cancelled.size()));
        }
    }
}
