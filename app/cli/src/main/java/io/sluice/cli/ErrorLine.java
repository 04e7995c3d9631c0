package io.sluice.cli;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Says an error in one line: what happened, to what, and what to do about it. */
final class ErrorLine {
    private ErrorLine() {}

    /** The line for a failure that already says what it is about. */
    static String of(Throwable failure) {
        return of("", failure);
    }

    /** The line for a failure that happened to {@code subject}, such as {@code topic "orders"}; empty for none. */
    static String of(String subject, Throwable failure) {
        Throwable cause = unwrap(failure);
        if (cause instanceof CommandFailure known) {
            return oneLine(known.line());
        }
        String it = subject.isEmpty() ? "it" : subject;
        String sluice = Launcher.command();
        if (cause instanceof UnknownTopicOrPartitionException || cause instanceof UnknownTopicIdException) {
            return it + " does not exist; " + sluice + " topic list shows those that do";
        }
        if (cause instanceof TopicExistsException) {
            return it + " exists already; --if-not-exists makes that no error";
        }
        if (cause instanceof InvalidTopicException) {
            return prefix(subject) + "not a legal name: " + message(cause);
        }
        if (cause instanceof GroupIdNotFoundException) {
            return it + " does not exist; " + sluice + " group list shows those that do";
        }
        if (cause instanceof GroupNotEmptyException || cause instanceof UnknownMemberIdException) {
            return it + " has live members; stop its consumers first";
        }
        if (cause instanceof RecordTooLargeException) {
            return prefix(subject) + message(cause) + " (the topic's max.message.bytes may be raised)";
        }
        if (cause instanceof UnsupportedVersionException) {
            return prefix(subject) + "the broker does not support this: " + message(cause);
        }
        if (cause instanceof AuthenticationException) {
            return prefix(subject) + "the broker refuses to let us in: " + message(cause);
        }
        if (cause instanceof TimeoutException) {
            return prefix(subject) + "no answer from the broker in time (" + message(cause)
                    + "); --timeout waits longer, --verbose says more";
        }
        if (cause instanceof InterruptException || cause instanceof InterruptedException) {
            return prefix(subject) + "interrupted";
        }
        return (names(message(cause), subject) ? "" : prefix(subject)) + message(cause);
    }

    /** Whether a message names its subject already; a subject ends with the name in quotes. */
    private static boolean names(String message, String subject) {
        int quote = subject.indexOf('"');
        return quote >= 0 && message.contains(subject.substring(quote + 1, subject.length() - 1));
    }

    private static String prefix(String subject) {
        return subject.isEmpty() ? "" : subject + ": ";
    }

    private static String message(Throwable cause) {
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : oneLine(message);
    }

    private static String oneLine(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", " ").replaceFirst("\\.$", "");
    }

    private static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && isWrapper(cause)) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static boolean isWrapper(Throwable failure) {
        return failure instanceof ExecutionException
                || failure instanceof CompletionException
                || failure.getClass().equals(org.apache.kafka.common.KafkaException.class);
    }
}
