package io.sluice.cli;

import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;

/** {@code sluice broker list}. */
@Command(name = "list", description = "List brokers with what they do and hold.")
final class BrokerListCommand extends ClientCommand {
    @Override
    public void run() {
        try (Admin admin = broker().admin()) {
            ClusterView view = new ClusterReader(admin, broker()).read();
            if (json()) {
                Json.print(out(), List.copyOf(view.brokers().values()));
            } else {
                BrokerTable.print(view.brokers().values(), view.controller(), out());
            }
        }
    }
}
