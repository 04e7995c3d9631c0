package io.sluice.cli;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object per message and line. Bytes that are UTF-8 are a string, {@code value}; others are Base64 under a name
 * of their own, {@code valueBase64}, so that no reader takes one for the other.
 */
final class JsonFormat implements RecordFormat {
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder(); // reports what is not UTF-8

    @Override
    public void append(ConsumerRecord<byte[], byte[]> message, StringBuilder text) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("topic", message.topic());
        fields.put("partition", message.partition());
        fields.put("offset", message.offset());
        fields.put("timestamp", message.timestamp());
        put(fields, "key", message.key());
        put(fields, "value", message.value());
        List<Map<String, @Nullable Object>> headers = new ArrayList<>();
        for (Header header : message.headers()) {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("name", header.key());
            put(one, "value", header.value());
            headers.add(one);
        }
        fields.put("headers", headers);
        text.append(Json.line(fields)).append('\n');
    }

    private void put(Map<String, @Nullable Object> fields, String name, byte @Nullable [] bytes) {
        if (bytes == null) {
            fields.put(name, null);
            return;
        }
        try {
            fields.put(name, utf8.decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            fields.put(name + "Base64", Base64.getEncoder().encodeToString(bytes));
        }
    }
}
