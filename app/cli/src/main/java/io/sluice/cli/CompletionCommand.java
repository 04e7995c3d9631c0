package io.sluice.cli;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice completion}: prints what a shell needs to complete commands and options. */
@Command(
        name = "completion",
        description = "Print a completion script for bash or zsh.",
        footer = {"", "To use it in this shell:  source <(./sluice completion bash)"})
final class CompletionCommand implements Runnable {
    enum Shell {
        BASH,
        ZSH
    }

    @Mixin
    private HelpOption help = new HelpOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "0..1", paramLabel = "bash|zsh", defaultValue = "bash", description = "The shell.")
    private Shell shell = Shell.BASH;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        if (shell == Shell.ZSH) {
            // picocli's script speaks bash's completion; zsh brings a bridge to it.
            out.println("autoload -U +X compinit && compinit");
            out.println("autoload -U +X bashcompinit && bashcompinit");
        }
        out.println(AutoComplete.bash("sluice", spec.root().commandLine()));
        out.println("complete -F _complete_sluice -o default ./sluice");
    }
}
