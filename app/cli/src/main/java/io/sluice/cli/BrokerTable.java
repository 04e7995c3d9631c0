package io.sluice.cli;

import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Brokers as a table for people. */
final class BrokerTable {
    private BrokerTable() {}

    static void print(Collection<ClusterView.Broker> brokers, int controller, PrintWriter out) {
        Table table = new Table(">BROKER", "STATE", "ADDRESS", "RACK", ">LEADS", ">REPLICAS", ">SIZE", "");
        for (ClusterView.Broker broker : brokers) {
            table.row(
                    broker.id(),
                    broker.state() + (broker.cordoned() ? ", cordoned" : ""),
                    broker.address().isEmpty() ? "-" : broker.address(),
                    broker.rack().isEmpty() ? "-" : broker.rack(),
                    Human.count(broker.leads()),
                    Human.count(broker.replicas()),
                    Human.bytes(broker.bytes()),
                    broker.id() == controller ? "controller" : "");
        }
        table.print(out);
    }

    /** Brokers in a cell: {@code 1,2,3}, or a dash for none. */
    static String ids(List<Integer> brokers) {
        return brokers.isEmpty() ? "-" : brokers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
