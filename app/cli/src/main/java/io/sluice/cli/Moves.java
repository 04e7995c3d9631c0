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
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
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

    /** Begins all moves and does not wait for any. */
    void begin(Admin admin, Collection<Placed> wanted) {
        Map<TopicPartition, Optional<NewPartitionReassignment>> request = new HashMap<>();
        wanted.forEach(placed ->
                request.put(placed.partition(), Optional.of(new NewPartitionReassignment(placed.replicas()))));
        admin.alterPartitionReassignments(request)
                .values()
                .forEach((partition, asked) -> Answer.of(asked, "partition " + partition));
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

    /** Carries out all moves and returns when the last is complete and the preferred leaders lead. */
    void run(Admin admin, List<Placed> wanted, PrintWriter err) {
        if (atOnce < 1) {
            throw new CommandFailure("--at-once takes a number from 1 on, not " + atOnce);
        }
        boolean draws = Launcher.errIsTerminal();
        Deque<Placed> waiting = new ArrayDeque<>(wanted);
        Set<TopicPartition> underWay = new HashSet<>();
        err.println("moving " + partitions(wanted.size()) + ", " + atOnce
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
            draw(err, draws, wanted.size() - waiting.size() - underWay.size(), wanted.size());
            Pause.ms(underWay.isEmpty() ? 0 : LOOK_EVERY_MS);
        }
        if (draws) {
            err.print(CLEAR_LINE);
            err.flush();
        }
        lead(admin, wanted);
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
