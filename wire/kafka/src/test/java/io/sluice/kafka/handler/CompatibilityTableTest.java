package io.sluice.kafka.handler;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

/** Holds the table in the documentation to what the broker advertises. */
class CompatibilityTableTest {
    private static final Path DOCUMENT = Path.of("../../docs/kafka-compatibility.md");
    private static final Pattern ROW = Pattern.compile("\\| \\d+ \\| \\w+ \\| \\d+–\\d+ \\|");

    @Test
    void tableTellsWhatIsAdvertised() throws Exception {
        List<String> rows;
        try (TestBroker broker = TestBroker.start(Map.of());
                WireClient client = broker.connect()) {
            ApiVersionsResponseData answer = client.ask(
                    ApiKeys.API_VERSIONS,
                    4,
                    new ApiVersionsRequestData().setClientSoftwareName("test").setClientSoftwareVersion("1"));
            rows = answer.apiKeys().stream()
                    .map(api -> "| " + api.apiKey() + " | " + ApiKeys.forId(api.apiKey()).name + " | "
                            + api.minVersion() + "–" + api.maxVersion() + " |")
                    .toList();
        }

        List<String> documented = ROW.matcher(Files.readString(DOCUMENT))
                .results()
                .map(java.util.regex.MatchResult::group)
                .toList();

        assertThat(documented)
                .as("the table of %s should be:%n%s", DOCUMENT, String.join("\n", rows))
                .isEqualTo(rows);
    }
}
