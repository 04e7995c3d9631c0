package io.sluice.cli;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;

/** {@code sluice broker cordon}. */
@Command(name = "cordon", description = "Give a broker no new replicas; those it has stay.")
final class BrokerCordonCommand extends OneBrokerCommand {
    @Override
    public void run() {
        try (Admin admin = broker().admin()) {
            ClusterView view = ClusterReader.read(broker());
            Cordon.set(admin, view.broker(id()), true);
        }
        if (json()) {
            Json.print(out(), Map.of("broker", id(), "cordoned", true));
        } else {
            out().println("broker " + id() + " gets no new replicas");
        }
    }
}
