package io.sluice.cli;

import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Carries out moves of partitions, so many at a time. Those under way go on when the command is ended. */
final class Moves {
    private static final long LOOK_EVERY_MS = 300;
    private static final String CLEAR_LINE = "\r\033[K";

    @Option(
            names = "--at-once",
            paramLabel = "N",
            defaultValue = "10",
            description = "How many partitions move at a time (default: ${DEFAULT-VALUE}).")
    private int atOnce = 10;

    @Option(
            names = "--throttle",
            paramLabel = "RATE",
            converter = RateConverter.class,
            description =
                    "How many bytes a second each broker gives and takes at most for these moves, and for those under"
                            + " way, such as 50M. It is taken off once they are complete.")
    private @Nullable Long throttle;

    /** Whether there is a throttle to be set, or taken off if nothing is to move. */
    boolean areThrottled() {
        return throttle != null;
    }

    /** Begins all moves and does not wait for any. */
    void begin(Admin admin, MovePlan plan, MovePlan underWay, PrintWriter err) {
        throttle(admin, plan, underWay, err);
        begin(admin, plan.wanted());
    }

    private static void begin(Admin admin, Collection<Placed> wanted) {
        Map<TopicPartition, Optional<NewPartitionReassignment>> request = new HashMap<>();
        wanted.forEach(placed ->
                request.put(placed.partition(), Optional.of(new NewPartitionReassignment(placed.replicas()))));
        admin.alterPartitionReassignments(request)
                .values()
                .forEach((partition, asked) -> Answer.of(asked, "partition " + partition));
    }

    private void throttle(Admin admin, MovePlan plan, MovePlan underWay, PrintWriter err) {
        Long rate = throttle;
        List<MovePlan.Move> held =
                Stream.concat(plan.moves().stream(), underWay.moves().stream()).toList();
        if (rate != null && !held.isEmpty()) {
            new MoveThrottle(admin).set(held, rate);
            err.println("each broker gives and takes at most " + Human.bytes(rate) + "/s for them");
            err.flush();
        }
    }

    /** Takes off throttles of moves that are complete. @return how many partitions move on, throttled */
    int unthrottle(Admin admin, Predicate<String> topics) {
        return new MoveThrottle(admin).clearEnded(topics).size();
    }

    /** Takes back what moves of these partitions; returns those that moved. */
    static List<TopicPartition> cancel(Admin admin, Collection<TopicPartition> partitions) {
        Map<TopicPartition, Optional<NewPartitionReassignment>> request = new HashMap<>();
        partitions.forEach(partition -> request.put(partition, Optional.empty()));
        List<TopicPartition> cancelled = new ArrayList<>();
        admin.alterPartitionReassignments(request).values().forEach((partition, asked) -> {
            if (!failedWith(asked, NoReassignmentInProgressException.class)) {
                Answer.of(asked, "partition " + partition);
                cancelled.add(partition);
            }
        });
        return cancelled;
    }

    /**
     * Carries out all moves and returns when the last is complete and the preferred leaders lead.
     *
     * @param underWay what moves already; waited for if there is a throttle to be taken off afterwards
     */
    void run(Admin admin, MovePlan plan, MovePlan underWay, PrintWriter err) {
        if (atOnce < 1) {
            throw new CommandFailure("--at-once takes a number from 1 on, not " + atOnce);
        }
        if (!areThrottled()) {
            carryOut(admin, plan.wanted(), new HashSet<>(), () -> false, err);
            lead(admin, plan.wanted());
            return;
        }
        try (StopSignal stop = new StopSignal(() -> {})) {
            runThrottled(admin, plan, underWay, stop, err);
        }
        lead(admin, plan.wanted());
    }

    private void runThrottled(Admin admin, MovePlan plan, MovePlan underWay, StopSignal stop, PrintWriter err) {
        boolean complete = false;
        try {
            throttle(admin, plan, underWay, err);
            Set<TopicPartition> moving = new HashSet<>();
            underWay.wanted().forEach(placed -> moving.add(placed.partition()));
            carryOut(admin, plan.wanted(), moving, stop::stopped, err);
            unthrottle(admin, topic -> true);
            complete = true;
        } finally {
            if (!complete) {
                err.println("the throttle stays, for moves that are under way go on: run the same command again to wait"
                        + " for them and take it off");
                err.flush();
            }
        }
    }

    private void carryOut(
            Admin admin, List<Placed> wanted, Set<TopicPartition> underWay, BooleanSupplier stopped, PrintWriter err) {
        boolean draws = Launcher.errIsTerminal();
        Deque<Placed> waiting = new ArrayDeque<>(wanted);
        int all = wanted.size() + underWay.size();
        if (all == 0) {
            return;
        }
        err.println("moving " + partitions(all) + ", " + atOnce
                + " at a time; what is under way goes on should this command be ended");
        err.flush();
        while (!waiting.isEmpty() || !underWay.isEmpty()) {
            List<Placed> next = new ArrayList<>();
            while (!waiting.isEmpty() && underWay.size() + next.size() < atOnce) {
                next.add(waiting.remove());
            }
            if (!next.isEmpty()) {
                begin(admin, next);
                next.forEach(placed -> underWay.add(placed.partition()));
            }
            underWay.retainAll(underWay(admin, underWay));
            draw(err, draws, all - waiting.size() - underWay.size(), all);
            Pause.ms(underWay.isEmpty() ? 0 : LOOK_EVERY_MS);
            if (stopped.getAsBoolean()) {
                throw new CommandFailure("ended with " + partitions(underWay.size()) + " under way and "
                        + partitions(waiting.size()) + " not begun");
            }
        }
        if (draws) {
            err.print(CLEAR_LINE);
            err.flush();
        }
    }

    private static Set<TopicPartition> underWay(Admin admin, Set<TopicPartition> asked) {
        return Answer.of(admin.listPartitionReassignments(asked).reassignments(), "moves")
                .keySet();
    }

    private static void draw(PrintWriter err, boolean draws, int done, int all) {
        if (draws) {
            err.print(CLEAR_LINE + Human.count(done) + " of " + partitions(all) + " moved");
            err.flush();
        }
    }

    /** Lets the preferred leaders lead, where they do not yet. */
    private static void lead(Admin admin, List<Placed> moved) {
        Set<TopicPartition> partitions = new HashSet<>();
        moved.forEach(placed -> partitions.add(placed.partition()));
        if (partitions.isEmpty()) {
            return;
        }
        Answer.of(admin.electLeaders(ElectionType.PREFERRED, partitions).partitions(), "preferred leaders")
                .forEach((partition, refused) -> refused.filter(
                                failure -> !(failure instanceof ElectionNotNeededException)
                                        && !(failure instanceof UnknownTopicOrPartitionException))
                        .ifPresent(failure -> {
                            throw new CommandFailure(
                                    "all moves are complete, but " + ErrorLine.of("partition " + partition, failure),
                                    failure);
                        }));
    }

    static String partitions(int count) {
        return Human.count(count) + " partition" + (count == 1 ? "" : "s");
    }

    private static boolean failedWith(KafkaFuture<Void> asked, Class<? extends Throwable> type) {
        try {
            asked.get();
            return false;
        } catch (ExecutionException e) {
            return type.isInstance(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
