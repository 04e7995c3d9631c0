package io.sluice.cli;

import picocli.CommandLine.Command;

/** {@code sluice broker stop-check}: its exit code says it too, so that a script may ask before it stops a node. */
@Command(name = "stop-check", description = "Tell whether a broker may be stopped without harm; exit code 1 if not.")
final class BrokerStopCheckCommand extends OneBrokerCommand {
    @Override
    public void run() {
        ClusterView view = ClusterReader.read(broker());
        ClusterView.State state = view.broker(id()).state();
        StopCheck check = StopCheck.of(view, id());
        if (json()) {
            Json.print(out(), check);
        } else if (state == ClusterView.State.NOT_REGISTERED) {
            out().println("broker " + id() + " is not registered: whatever it had to give is missing already");
        } else if (check.stoppable()) {
            out().println("broker " + id() + " may be stopped: every partition keeps a leader and enough replicas");
        } else {
            Table table = new Table("PARTITION", "WOULD BE", "WHY");
            check.effects()
                    .forEach(effect ->
                            table.row(effect.topic() + "-" + effect.partition(), effect.state(), effect.why()));
            table.print(out());
        }
        out().flush();
        if (!check.stoppable()) {
            throw new CommandFailure("broker " + id() + " is needed: without it "
                    + Moves.partitions(check.count(PartitionFault.OFFLINE)) + " would be offline and "
                    + Human.count(check.count(PartitionFault.UNDER_MIN))
                    + " would refuse acks=all; let replicas catch up, or " + Launcher.command() + " broker drain "
                    + id() + " first");
        }
    }
}
