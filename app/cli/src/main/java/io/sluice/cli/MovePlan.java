package io.sluice.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;

/** Moves as they are shown before they are made; {@code --json} prints it as it stands. */
record MovePlan(List<Move> moves) {
    /** One partition: the brokers that hold it, and those that are to. */
    record Move(String topic, int partition, List<Integer> from, List<Integer> to) {
        /** How many replicas have to be copied; none where only the order changes. */
        @JsonProperty
        public int copies() {
            return (int) to.stream().filter(id -> !from.contains(id)).count();
        }
    }

    static MovePlan of(ReplicaPlanner planner) {
        return new MovePlan(planner.changes().stream()
                .map(placed -> move(
                        placed.partition(), planner.before(placed.partition()).replicas(), placed.replicas()))
                .toList());
    }

    /** What moves already, of these topics. */
    static MovePlan underWay(ClusterView view, Predicate<String> topics) {
        return new MovePlan(view.partitions().stream()
                .filter(partition -> topics.test(partition.topic()) && partition.moves())
                .map(partition -> move(
                        partition.key(),
                        partition.replicas().stream()
                                .filter(id -> !partition.adding().contains(id))
                                .toList(),
                        partition.settled()))
                .toList());
    }

    private static Move move(TopicPartition partition, List<Integer> from, List<Integer> to) {
        return new Move(partition.topic(), partition.partition(), from, to);
    }

    boolean isEmpty() {
        return moves.isEmpty();
    }

    List<Placed> wanted() {
        return moves.stream()
                .map(move -> new Placed(new TopicPartition(move.topic(), move.partition()), move.to()))
                .toList();
    }

    void print(PrintWriter out) {
        Table table = new Table("PARTITION", "BROKERS NOW", "BROKERS THEN", ">COPIES");
        moves.forEach(move -> table.row(
                move.topic() + "-" + move.partition(),
                BrokerTable.ids(move.from()),
                BrokerTable.ids(move.to()),
                move.copies() == 0 ? "-" : move.copies()));
        table.print(out);
        out.println();
        out.println(summary());
        out.flush();
    }

    String summary() {
        int copies = moves.stream().mapToInt(Move::copies).sum();
        return Moves.partitions(moves.size()) + ", " + Human.count(copies) + " replica" + (copies == 1 ? "" : "s")
                + " to copy";
    }
}
