package io.sluice.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** Which brokers hold which partition, as the user says it: {@code --assignment 0=1,2,3}, once per partition. */
final class Assignments {
    @Option(
            names = "--assignment",
            paramLabel = "PARTITION=BROKER,...",
            description = "Brokers of a partition, the preferred leader first, such as 0=1,2,3. Once per partition.")
    private Map<Integer, String> given = new LinkedHashMap<>();

    boolean isEmpty() {
        return given.isEmpty();
    }

    /** By partition; fails on what are no brokers. */
    SortedMap<Integer, List<Integer>> byPartition() {
        SortedMap<Integer, List<Integer>> assignments = new TreeMap<>();
        given.forEach((partition, brokers) -> assignments.put(partition, brokers(partition, brokers)));
        return assignments;
    }

    private static List<Integer> brokers(int partition, String text) {
        List<Integer> brokers = new ArrayList<>();
        for (String word : text.split(",", -1)) {
            if (!word.strip().matches("\\d{1,9}")) {
                throw new CommandFailure("--assignment " + partition + "=" + text
                        + ": brokers are numbers with commas between, such as " + partition + "=1,2,3");
            }
            brokers.add(Integer.parseInt(word.strip()));
        }
        return brokers;
    }
}
