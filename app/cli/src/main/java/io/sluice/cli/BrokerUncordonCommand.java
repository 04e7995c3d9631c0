package io.sluice.cli;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;

/** {@code sluice broker uncordon}. */
@Command(name = "uncordon", description = "Let a broker be given replicas again.")
final class BrokerUncordonCommand extends OneBrokerCommand {
    @Override
    public void run() {
        try (Admin admin = broker().admin()) {
            ClusterView view = ClusterReader.read(broker());
            Cordon.set(admin, view.broker(id()), false);
        }
        if (json()) {
            Json.print(out(), Map.of("broker", id(), "cordoned", false));
        } else {
            out().println("broker " + id() + " gets replicas again");
        }
    }
}
