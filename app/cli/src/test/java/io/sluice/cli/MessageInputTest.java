package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MessageInputTest {
    @Test
    void linesEndWithLineFeedOrBothAndTheLastMayLackIt() throws IOException {
        assertThat(lines(bytes("a\nb\r\n\nlast"))).containsExactly("a", "b", "", "last");
        assertThat(lines(bytes(""))).isEmpty();
        assertThat(lines(bytes("\n"))).containsExactly("");
    }

    @Test
    void lineMayBeLongerThanTheBuffer() throws IOException {
        String rather = "x".repeat(200_000);

        assertThat(lines(bytes(rather + "\nshort\n"))).containsExactly(rather, "short");
    }

    @Test
    void keyStandsBeforeTheFirstSeparator() {
        ProducerRecord<byte[], byte[]> message = maker(null, ": ", null).message(bytes("k: v: w"));

        assertThat(message.key()).isEqualTo(bytes("k"));
        assertThat(message.value()).isEqualTo(bytes("v: w"));
    }

    @Test
    void lineWithoutSeparatorIsRefusedByItsStart() {
        assertThatThrownBy(() -> maker(null, "|", null).message(bytes("no key here")))
                .hasMessage("line \"no key here\" has no key: it lacks \"|\"");
    }

    @Test
    void markerBecomesATombstone() {
        MessageMaker maker = maker(null, ":", "NULL");

        assertThat(maker.message(bytes("k:NULL")).value()).isNull();
        assertThat(maker.message(bytes("k:null")).value()).isEqualTo(bytes("null"));
    }

    @Test
    void fixedKeyAndHeadersGoToEveryMessage() {
        ProducerRecord<byte[], byte[]> message = maker("k", null, null).message(bytes("v"));

        assertThat(message.key()).isEqualTo(bytes("k"));
        assertThat(message.headers().lastHeader("type").value()).isEqualTo(bytes("png"));
    }

    private static MessageMaker maker(@Nullable String key, @Nullable String separator, @Nullable String marker) {
        return new MessageMaker("orders", null, key, separator, marker, Map.of("type", "png"));
    }

    private static List<String> lines(byte[] input) throws IOException {
        Lines lines = new Lines(new ByteArrayInputStream(input));
        List<String> all = new ArrayList<>();
        for (byte[] line = lines.next(); line != null; line = lines.next()) {
            all.add(new String(line, StandardCharsets.UTF_8));
        }
        return all;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
