package io.sluice.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/** Results for programs: every round's value, so that they can do their own statistics. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private Json() {}

    static String of(Report report) {
        ObjectNode root = MAPPER.createObjectNode();
        Machine machine = report.machine();
        root.putObject("machine")
                .put("date", machine.date())
                .put("cpu", machine.cpu())
                .put("cores", machine.cores())
                .put("memory", machine.memory())
                .put("kernel", machine.kernel())
                .put("jdk", machine.jdk())
                .put("heap", machine.heap());
        root.put("subject", report.subject()).put("peer", report.peer()).put("rounds", report.rounds());
        ArrayNode rows = root.putArray("results");
        for (Scores.Row row : report.rows()) {
            ObjectNode node = rows.addObject()
                    .put("workload", row.metric().workload())
                    .put("figure", row.metric().label())
                    .put("unit", row.metric().unit().label());
            addSample(node, "subject", row.subject());
            addSample(node, "peer", row.peer());
            if (!Double.isNaN(row.ratio())) {
                node.put("ratio", row.ratio());
            }
            row.metric().target().ifPresent(target -> node.put(
                            "target", target.label(row.metric().unit()))
                    .put("hit", row.verdict().equals("hit")));
        }
        return root.toPrettyString();
    }

    private static void addSample(ObjectNode row, String side, Sample sample) {
        if (sample.values().isEmpty()) {
            return;
        }
        ArrayNode values = row.putObject(side).put("median", sample.median()).putArray("rounds");
        sample.values().forEach(values::add);
    }

    /** The result of one load on one broker. */
    static String of(String kind, Load load) {
        ObjectNode root = MAPPER.createObjectNode()
                .put("load", kind.toLowerCase(Locale.ROOT))
                .put("records", load.records())
                .put("bytes", load.bytes())
                .put("seconds", load.seconds())
                .put("recordsPerSecond", load.recordsPerSecond())
                .put("megabytesPerSecond", load.megabytesPerSecond());
        root.putObject("latencyMillis")
                .put("p50", load.latencyMillis(50))
                .put("p99", load.latencyMillis(99))
                .put("p99.9", load.latencyMillis(99.9))
                .put("max", load.latencyMillis(100));
        return root.toPrettyString();
    }
}
