package io.sluice.cli;

import java.io.PrintWriter;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints every error as one line that begins with {@code sluice:}; the stack trace only when asked for. */
final class ErrorPrinter implements IExecutionExceptionHandler, IParameterExceptionHandler {
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
                .replace("option option", "option");
        String words = command.getCommandSpec().qualifiedName(" ").replaceFirst("^sluice ?", "");
        err.println("sluice: " + Character.toLowerCase(problem.charAt(0)) + problem.substring(1)
                + suggestion(failure, words) + "; see " + Launcher.command() + (words.isEmpty() ? "" : " " + words)
                + " --help");
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    private static String suggestion(ParameterException failure, String words) {
        if (!(failure instanceof UnmatchedArgumentException unmatched)
                || unmatched.getSuggestions().isEmpty()) {
            return "";
        }
        return unmatched.getSuggestions().stream()
                .map(name -> name.startsWith("-") || words.isEmpty() ? name : words + " " + name)
                .collect(Collectors.joining(" or ", "; did you mean ", "?"));
    }
}
