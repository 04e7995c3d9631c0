package io.sluice.system.probe;

import io.sluice.system.harness.RawConnection;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Asks one broker and writes down what it answers: a title, and below it the answers by version. Versions that answer
 * alike stand on one line. Used by one thread.
 */
final class Probe implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private record Line(int first, int last, String answer) {
        boolean continues(int version, String told) {
            return version == last + 1 && told.equals(answer);
        }

        @Override
        public String toString() {
            return "  v" + first + (first == last ? "" : "-" + last) + " " + answer + "\n";
        }
    }

    private final int port;
    private final StringBuilder transcript = new StringBuilder();
    private final Answers answers = new Answers();
    private final Set<String> titles = new HashSet<>();
    private final String run = Long.toString(System.nanoTime(), 36);
    private RawConnection connection;
    private int names;

    Probe(int port) throws IOException {
        this.port = port;
        this.connection = RawConnection.open(port, PATIENCE);
    }

    /** A name that nothing else has; the transcript tells it by its stem alone. */
    String name(String stem) {
        String name = stem + "-" + run + "-" + names++;
        answers.hide(name, stem);
        return name;
    }

    /** What all names of this run have in common. */
    String run() {
        return run;
    }

    /** Sends the request in every version that can carry it. It is built for each version: (version, fresh name). */
    void each(String title, ApiKeys api, BiFunction<Short, String, ApiMessage> request) throws IOException {
        List<Line> lines = new ArrayList<>();
        for (short version = api.oldestVersion(); version <= newest(api); version++) {
            String told;
            try {
                told = told(api, version, request.apply(version, name("name")));
            } catch (UnsupportedVersionException | NullPointerException cannotBeSaidThen) {
                continue;
            }
            int last = lines.size() - 1;
            if (last >= 0 && lines.get(last).continues(version, told)) {
                lines.set(last, new Line(lines.get(last).first, version, told));
            } else {
                lines.add(new Line(version, version, told));
            }
        }
        String heading = api.name + ": " + title;
        if (!titles.add(heading)) {
            throw new IllegalArgumentException("two answers would be called " + heading);
        }
        transcript.append(heading).append('\n');
        lines.forEach(transcript::append);
    }

    /** The same, with one request that every version can be asked. */
    void each(String title, ApiKeys api, ApiMessage request) throws IOException {
        each(title, api, (version, name) -> (ApiMessage) request.duplicate());
    }

    private String told(ApiKeys api, short version, ApiMessage request) throws IOException {
        try {
            return answers.told(ask(api, version, request), version);
        } catch (EOFException closed) {
            connection = RawConnection.open(port, PATIENCE);
            return "(closes the connection)";
        }
    }

    private static short newest(ApiKeys api) {
        return api.messageType.highestSupportedVersion(false);
    }

    /** Shows {@code name}, which was made from another, as {@code told}. */
    void hide(String name, String told) {
        answers.hide(name, told);
    }

    /** Asks without writing down. */
    @SuppressWarnings("unchecked") // the caller names the type of answer that the request has
    <R extends ApiMessage> R ask(ApiKeys api, int version, ApiMessage request) throws IOException {
        ApiMessage answer = api.messageType.newResponse();
        answer.read(connection.call(api, (short) version, request), (short) version);
        return (R) answer;
    }

    /** Asks in the newest version without writing down. */
    <R extends ApiMessage> R ask(ApiKeys api, ApiMessage request) throws IOException {
        return ask(api, newest(api), request);
    }

    String transcript() {
        return transcript.toString();
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
