package io.sluice.bench;

import java.util.List;
import java.util.Locale;

/** The result of a comparison, for the terminal and for {@code docs/benchmarks.md}. */
record Report(
        Machine machine,
        String subject,
        String peer,
        int rounds,
        String command,
        List<Workload> workloads,
        List<Scores.Row> rows) {

    String plain() {
        return machine.line() + "\n" + "median of " + rounds + " rounds, alternating; ratio = " + subject + " / " + peer
                + "\n\n" + table().plain() + "\n" + summary() + "\n";
    }

    String markdown() {
        StringBuilder text = new StringBuilder("# Benchmarks\n\n");
        text.append("Written by `")
                .append(command)
                .append("`. Absolute figures mean little on a shared machine; the ")
                .append("ratios of two brokers measured in turn in one run do.\n\n")
                .append("- ")
                .append(machine.line())
                .append("\n- Median of ")
                .append(rounds)
                .append(
                        " rounds. The order of the two alternates from round to round; the other side is not running.\n")
                .append(
                        "- CPU is the broker processes' own (user and system), all of a side together, per million records.\n")
                .append("- Ratio is ")
                .append(subject)
                .append(" / ")
                .append(peer)
                .append("; the range is that of each column's rounds.\n\n## Workloads\n\n");
        workloads.forEach(w -> text.append("- **")
                .append(w.id())
                .append("**: ")
                .append(w.description())
                .append("\n"));
        return text.append("\n## Results\n\n")
                .append(table().markdown())
                .append('\n')
                .append(summary())
                .append("\n")
                .toString();
    }

    private String summary() {
        long targets = rows.stream().filter(row -> !row.verdict().isEmpty()).count();
        long hits = rows.stream().filter(row -> row.verdict().equals("hit")).count();
        return hits + " of " + targets + " targets hit.";
    }

    private TextTable table() {
        TextTable table = new TextTable(
                List.of("workload", "figure", "unit", subject, "range", peer, "range", "ratio", "target", "verdict"),
                3);
        for (Scores.Row row : rows) {
            Unit unit = row.metric().unit();
            table.add(List.of(
                    row.metric().workload(),
                    row.metric().label(),
                    unit.label(),
                    unit.format(row.subject().median()),
                    range(unit, row.subject()),
                    unit.format(row.peer().median()),
                    range(unit, row.peer()),
                    Double.isNaN(row.ratio()) ? "" : String.format(Locale.ROOT, "%.2f", row.ratio()),
                    row.metric().target().map(target -> target.label(unit)).orElse(""),
                    row.verdict()));
        }
        return table;
    }

    private static String range(Unit unit, Sample sample) {
        return sample.values().isEmpty() ? "" : unit.format(sample.min()) + "–" + unit.format(sample.max());
    }
}
