package io.sluice.cli;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sluice broker unregister}. */
@Command(name = "unregister", description = "Forget a broker that has been stopped for good.")
final class BrokerUnregisterCommand extends OneBrokerCommand {
    @Mixin
    private Confirmation confirmation = new Confirmation();

    @Override
    public void run() {
        try (Admin admin = broker().admin()) {
            ClusterView view = ClusterReader.read(broker());
            ClusterView.Broker known = view.brokers().get(id());
            if (known != null && known.replicas() > 0) {
                throw new CommandFailure("broker " + id() + " is still to hold "
                        + Human.count(known.replicas()) + " replicas; " + Launcher.command() + " broker drain " + id()
                        + " moves them to others");
            }
            confirmation.require("forget broker " + id(), err());
            Answer.of(admin.unregisterBroker(id()).all(), "broker " + id());
        }
        if (json()) {
            Json.print(out(), Map.of("broker", id(), "unregistered", true));
        } else {
            out().println("forgot broker " + id());
        }
    }
}
