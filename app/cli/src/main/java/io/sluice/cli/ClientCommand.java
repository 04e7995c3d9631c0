package io.sluice.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What every command that talks to a broker has: the broker's address, {@code --json} and somewhere to print. */
abstract class ClientCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HelpOption help = new HelpOption();

    @Mixin
    private BrokerOptions broker = new BrokerOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    final BrokerOptions broker() {
        return broker;
    }

    final boolean json() {
        return output.json();
    }

    final CommandSpec spec() {
        return spec;
    }

    /** Where the answer goes. */
    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Where remarks and progress go, so that they never mix with an answer that is piped on. */
    final PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
