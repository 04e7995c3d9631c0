package io.sluice.cli;

import io.sluice.cluster.settings.EditDistance;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints every error as one line that begins with {@code sluice:}; the stack trace only when asked for. */
final class ErrorPrinter implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private static final int SHORTEST_MISSPELT = 4;

    private final PrintWriter err;
    private final BooleanSupplier verbose;

    ErrorPrinter(PrintWriter err, BooleanSupplier verbose) {
        this.err = err;
        this.verbose = verbose;
    }

    /** A command failed: exit code 1. */
    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        command.getOut().flush();
        err.println("sluice: " + ErrorLine.of(failure));
        if (verbose.getAsBoolean()) {
            failure.printStackTrace(err);
        }
        err.flush();
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** The arguments make no command: exit code 2. */
    @Override
    public int handleParseException(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        String problem = String.valueOf(failure.getMessage())
                .replaceAll("\\s*\\R\\s*", " ")
                .replaceFirst("^Error: ", "")
                .replace("option option", "option")
                .replaceFirst("positional parameter at index \\S+ \\((\\S+)\\)", "$1")
                .replaceFirst(" is not an? (int|long)$", " is not a number");
        String words = command.getCommandSpec().qualifiedName(" ").replaceFirst("^sluice ?", "");
        err.println("sluice: " + Character.toLowerCase(problem.charAt(0)) + problem.substring(1)
                + suggestion(failure, words) + "; see " + Launcher.command() + (words.isEmpty() ? "" : " " + words)
                + " --help");
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    private static String suggestion(ParameterException failure, String words) {
        if (!(failure instanceof UnmatchedArgumentException unmatched)
                || unmatched.getUnmatched().isEmpty()) {
            return "";
        }
        String given = unmatched.getUnmatched().get(0);
        List<String> meant = nearest(given, failure.getCommandLine().getCommandSpec())
                .map(List::of)
                .orElse(unmatched.getSuggestions());
        if (meant.isEmpty()) {
            return "";
        }
        return meant.stream()
                .map(name -> name.startsWith("-") || words.isEmpty() ? name : words + " " + name)
                .collect(Collectors.joining(" or ", "; did you mean ", "?"));
    }

    /** Picocli itself goes by the first letters, and these may be the ones that were misspelt. */
    private static Optional<String> nearest(String given, CommandSpec command) {
        if (given.length() < SHORTEST_MISSPELT) {
            return Optional.empty(); // a few letters are near to everything
        }
        List<String> names = new ArrayList<>();
        if (given.startsWith("-")) {
            command.options().stream()
                    .filter(option -> !option.hidden())
                    .forEach(option -> names.addAll(List.of(option.names())));
        } else {
            command.subcommands().forEach((name, subcommand) -> {
                if (!subcommand.getCommandSpec().usageMessage().hidden()) {
                    names.add(name);
                }
            });
        }
        return EditDistance.nearest(given.replaceFirst("=.*", ""), names);
    }
}
