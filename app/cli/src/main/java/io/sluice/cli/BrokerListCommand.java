package io.sluice.cli;

import java.util.List;
import picocli.CommandLine.Command;

/** {@code sluice broker list}. */
@Command(name = "list", description = "List brokers with what they do and hold.")
final class BrokerListCommand extends ClientCommand {
    @Override
    public void run() {
        ClusterView view = ClusterReader.read(broker());
        if (json()) {
            Json.print(out(), List.copyOf(view.brokers().values()));
        } else {
            BrokerTable.print(view.brokers().values(), view.controller(), out());
        }
    }
}
