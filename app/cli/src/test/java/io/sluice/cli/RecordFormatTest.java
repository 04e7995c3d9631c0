package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordFormatTest {
    @Test
    void textPrintsTheValueAlone() {
        assertThat(print("text", message("k", "v"))).isEqualTo("v\n");
    }

    @Test
    void templatePrintsEveryField() {
        String template = "%t/%p/%o %k=%v [%h] %T %d 100%%\\tend";

        assertThat(print(template, message("k", "v")))
                .isEqualTo("orders/3/42 k=v [trace=7] 1000 1970-01-01T00:00:01Z 100%\tend\n");
    }

    @Test
    void templatePrintsNullAsItWasTold() {
        assertThat(print("%k=%v", message(bytes(null), null))).isEqualTo("(none)=(none)\n");
    }

    @Test
    void templateWithUnknownFieldIsRefusedWithTheFields() {
        assertThatThrownBy(() -> RecordFormat.named("%z", "null"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("%z is no field")
                .hasMessageContaining("%k key");
    }

    @Test
    void jsonPrintsOneObjectPerLine() {
        assertThat(print("json", message("k", "v\n")))
                .isEqualTo("{\"topic\":\"orders\",\"partition\":3,\"offset\":42,\"timestamp\":1000,\"key\":\"k\","
                        + "\"value\":\"v\\n\",\"headers\":[{\"name\":\"trace\",\"value\":\"7\"}]}\n");
    }

    @Test
    void jsonKeepsBytesThatAreNoText() {
        byte[] bytes = {(byte) 0xff, 0x00};

        assertThat(print("json", message(null, bytes))).contains("\"key\":null", "\"valueBase64\":\"/wA=\"");
    }

    private static String print(String format, ConsumerRecord<byte[], byte[]> message) {
        StringBuilder text = new StringBuilder();
        RecordFormat.named(format, "(none)").append(message, text);
        return text.toString();
    }

    private static ConsumerRecord<byte[], byte[]> message(@Nullable String key, @Nullable String value) {
        return message(bytes(key), bytes(value));
    }

    private static ConsumerRecord<byte[], byte[]> message(byte @Nullable [] key, byte @Nullable [] value) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("trace", bytes("7"));
        return new ConsumerRecord<>(
                "orders", 3, 42, 1000, TimestampType.CREATE_TIME, 1, 1, key, value, headers, Optional.empty());
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
