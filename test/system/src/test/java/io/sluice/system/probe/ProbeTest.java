package io.sluice.system.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.harness.BrokerProcess;
import io.sluice.system.harness.BrokerSpec;
import io.sluice.system.harness.ClassPath;
import io.sluice.system.harness.Target;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every answer is Apache Kafka's, version by version: the transcripts in {@code resources/probe} are what Kafka of the
 * newest client's version said, and with {@code -Dsluice.target=kafka} it is asked again. Where Sluice answers
 * otherwise on purpose, {@code differences.txt} says how and why.
 *
 * <p>Each run leaves its transcripts in {@code target/probe}.
 */
class ProbeTest {
    private interface Script {
        void run(Probe probe) throws IOException;
    }

    enum Subject {
        GROUPS(GroupProbe::run),
        OFFSETS(OffsetProbe::run),
        CONSUMERS(ConsumerProbe::run),
        CONFIGS(ConfigProbe::run),
        TOPICS(TopicProbe::run),
        LOGS(LogProbe::run);

        private final Script script;

        Subject(Script script) {
            this.script = script;
        }

        String file() {
            return name().toLowerCase(java.util.Locale.ROOT) + ".txt";
        }
    }

    private static BrokerProcess broker;

    @BeforeAll
    static void start() {
        broker = BrokerProcess.start(BrokerSpec.fresh("probe"));
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @ParameterizedTest
    @EnumSource
    void answersAreKafkas(Subject subject) throws IOException {
        String transcript;
        try (Probe probe = new Probe(broker.port())) {
            subject.script.run(probe);
            transcript = probe.transcript();
        }
        Path folder = Files.createDirectories(ClassPath.build()
                .resolve("probe")
                .resolve(Target.current().name().toLowerCase(java.util.Locale.ROOT)));
        Files.writeString(folder.resolve(subject.file()), transcript);

        Map<String, String> expected = sections(resource(subject.file()));
        if (Target.current() == Target.SLUICE) {
            sections(resource("differences.txt")).forEach(expected::replace);
        }
        assertThat(sections(transcript)).containsExactlyEntriesOf(expected);
    }

    /** The answers by title. Lines that begin with # are for people. */
    private static Map<String, String> sections(String transcript) {
        Map<String, String> sections = new LinkedHashMap<>();
        String title = "";
        for (String line : transcript.lines().toList()) {
            if (line.startsWith("  ")) {
                sections.merge(title, line + "\n", String::concat);
            } else if (!line.startsWith("#") && !line.isBlank()) {
                title = line;
                sections.put(title, "");
            }
        }
        return sections;
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = ProbeTest.class.getResourceAsStream("/probe/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
