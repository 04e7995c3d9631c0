package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.testkit.SluiceBroker;
import io.sluice.testkit.SluiceTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SluiceTest
@Timeout(60)
class MessageCommandsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private BrokerCommands sluice;

    @BeforeEach
    void connect(SluiceBroker broker) {
        sluice = new BrokerCommands(broker);
    }

    @Test
    void producedMessageIsConsumedWithKeyAndHeader() {
        sluice.ok("produce", "whole", "--value", "v", "--key", "k", "-H", "type=test");

        assertThat(sluice.ok("consume", "whole", "--format", "%t/%p/%o %k=%v [%h]"))
                .isEqualTo("whole/0/0 k=v [type=test]\n");
    }

    @Test
    void consumeAsJsonPrintsOneObjectPerLine() {
        sluice.ok("produce", "json", "--value", "a", "--value", "b");

        assertThat(sluice.ok("consume", "json", "--json").lines())
                .hasSize(2)
                .first()
                .asString()
                .startsWith("{\"topic\":\"json\",\"partition\":0,\"offset\":0,\"timestamp\":")
                .endsWith("\"key\":null,\"value\":\"a\",\"headers\":[]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void linesOfAFileComeBackInOrder(String compression) throws IOException {
        String text =
                IntStream.range(0, 2_000).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
        Path file = Files.writeString(folder.resolve("lines"), text);

        sluice.ok("produce", "file-" + compression, file.toString(), "--compression", compression);

        assertThat(sluice.ok("consume", "file-" + compression)).isEqualTo(text);
    }

    @Test
    void produceAsJsonSaysHowMuchWasSent() {
        assertThat(sluice.ok("produce", "counted", "--value", "abc", "--json"))
                .contains("\"topic\" : \"counted\"", "\"messages\" : 1", "\"bytes\" : 3");
    }

    @Test
    void wholeFileIsOneMessage() throws IOException {
        Path file = Files.writeString(folder.resolve("text"), "two\nlines");

        sluice.ok("produce", "files", "--whole", file.toString());

        assertThat(sluice.ok("consume", "files", "--json")).contains("\"value\":\"two\\nlines\"");
    }

    @Test
    void tombstoneIsSentAndShown() {
        sluice.ok("produce", "tombs", "--value", "k:gone", "--key-separator", ":", "--null", "gone");

        assertThat(sluice.ok("consume", "tombs", "--format", "%k=%v", "--null", "(none)"))
                .isEqualTo("k=(none)\n");
    }

    @Test
    void consumeBeginsAndEndsWhereItIsTold() {
        sluice.ok("produce", "range", "--value", "0", "--value", "1", "--value", "2", "--value", "3", "--value", "4");

        assertThat(sluice.ok("consume", "range", "--from", "1", "--until", "3")).isEqualTo("1\n2\n");
        assertThat(sluice.ok("consume", "range", "--from", "3")).isEqualTo("3\n4\n");
        assertThat(sluice.ok("consume", "range", "-n", "2")).isEqualTo("0\n1\n");
        assertThat(sluice.ok("consume", "range", "--from", "1h", "-n", "1")).isEqualTo("0\n");
        assertThat(sluice.ok("consume", "range", "--from", "latest")).isEmpty();
        assertThat(sluice.ok("consume", "range", "--until", "1h")).isEmpty();
    }

    @Test
    void consumeReadsOnlyThePartitionsAskedFor() {
        sluice.ok("topic", "create", "parts", "-p", "3");
        sluice.ok("produce", "parts", "--value", "zero", "-p", "0");
        sluice.ok("produce", "parts", "--value", "two", "-p", "2");

        assertThat(sluice.ok("consume", "parts", "--partition", "2")).isEqualTo("two\n");
        assertThat(sluice.failure("consume", "parts", "--partition", "3"))
                .isEqualTo("sluice: topic \"parts\" has no partition 3, only 0 to 2\n");
    }

    @Test
    void consumingATopicThatIsNotThereMakesNone() {
        assertThat(sluice.failure("consume", "nowhere"))
                .isEqualTo("sluice: topic \"nowhere\" does not exist; ./sluice topic list shows those that do\n");
        assertThat(sluice.ok("topic", "list", "--names")).doesNotContain("nowhere");
    }

    @Test
    void messageThatIsTooLargeIsOneLine() throws IOException {
        Path file = Files.write(folder.resolve("large"), new byte[2_000_000]);

        assertThat(sluice.failure("produce", "small", "--whole", file.toString()))
                .contains("topic \"small\"", "max.message.bytes");
    }

    @Test
    void partitionThatIsNotThereIsOneLine() {
        sluice.ok("topic", "create", "single");

        assertThat(sluice.failure("produce", "single", "--value", "x", "-p", "5", "--timeout", "1s"))
                .contains("topic \"single\" has no such partition");
    }

    @Test
    void fileThatIsNotThereIsOneLine() {
        assertThat(sluice.failure("produce", "any", folder.resolve("nix").toString()))
                .contains("nix: no such file");
    }
}
