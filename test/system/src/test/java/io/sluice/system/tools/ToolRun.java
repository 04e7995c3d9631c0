package io.sluice.system.tools;

import io.sluice.system.harness.BrokerCluster;
import io.sluice.system.harness.Command;
import java.util.ArrayList;
import java.util.List;

/** Runs Kafka's command-line tools against a cluster. Stateless. */
final class ToolRun {
    private ToolRun() {}

    /** Runs a tool to its end, which is to be a good one, and returns what it printed. */
    static String ok(BrokerCluster cluster, String tool, String... arguments) {
        return Command.java(tool, withBootstrap(cluster, arguments)).ok();
    }

    static String[] withBootstrap(BrokerCluster cluster, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--bootstrap-server", cluster.bootstrap()));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }
}
