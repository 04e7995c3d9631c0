package io.sluice.cli;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Makes messages for one topic from lines or files: takes the key out, adds the headers, turns a marker into null. */
final class MessageMaker {
    private final String topic;
    private final @Nullable Integer partition;
    private final byte @Nullable [] key;
    private final byte @Nullable [] keySeparator;
    private final byte @Nullable [] nullMarker;
    private final Headers headers = new RecordHeaders();

    MessageMaker(
            String topic,
            @Nullable Integer partition,
            @Nullable String key,
            @Nullable String keySeparator,
            @Nullable String nullMarker,
            Map<String, String> headers) {
        this.topic = topic;
        this.partition = partition;
        this.key = bytes(key);
        this.keySeparator = bytes(keySeparator);
        this.nullMarker = bytes(nullMarker);
        headers.forEach((name, value) -> this.headers.add(name, value.getBytes(StandardCharsets.UTF_8)));
    }

    /** The message for a text; fails when the text should have a key and has none. */
    ProducerRecord<byte[], byte[]> message(byte[] text) {
        if (keySeparator == null) {
            return message(key, text);
        }
        int at = indexOf(text, keySeparator);
        if (at < 0) {
            throw new CommandFailure("line \"" + start(text) + "\" has no key: it lacks \""
                    + new String(keySeparator, StandardCharsets.UTF_8) + "\"");
        }
        return message(Arrays.copyOf(text, at), Arrays.copyOfRange(text, at + keySeparator.length, text.length));
    }

    private ProducerRecord<byte[], byte[]> message(byte @Nullable [] messageKey, byte[] value) {
        byte[] sent = nullMarker != null && Arrays.equals(value, nullMarker) ? null : value;
        return new ProducerRecord<>(topic, partition, messageKey, sent, headers);
    }

    private static int indexOf(byte[] text, byte[] wanted) {
        for (int at = 0; at + wanted.length <= text.length; at++) {
            if (Arrays.equals(text, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        return -1;
    }

    private static String start(byte[] text) {
        String decoded = new String(text, StandardCharsets.UTF_8);
        return decoded.length() > 40 ? decoded.substring(0, 40) + "…" : decoded;
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
