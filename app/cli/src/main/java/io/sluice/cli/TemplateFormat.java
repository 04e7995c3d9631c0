package io.sluice.cli;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Prints messages after a template such as {@code %p/%o %k=%v}; the template is read once, not per message. */
final class TemplateFormat implements RecordFormat {
    /** What the help of {@code --format} says. */
    static final String FIELDS = "%k key, %v value, %h headers, %t topic, %p partition, %o offset, "
            + "%T timestamp in ms, %d date and time, %% percent, \\n line end, \\t tab";

    private final List<RecordFormat> parts = new ArrayList<>();
    private final String nullText;

    TemplateFormat(String template, String nullText) {
        this.nullText = nullText;
        StringBuilder literal = new StringBuilder();
        for (int i = 0; i < template.length(); i++) {
            char c = template.charAt(i);
            if ((c != '%' && c != '\\') || i + 1 == template.length()) {
                literal.append(c);
                continue;
            }
            char code = template.charAt(++i);
            if (c == '\\') {
                literal.append(escaped(code));
            } else if (code == '%') {
                literal.append('%');
            } else {
                addLiteral(literal);
                parts.add(field(code));
            }
        }
        addLiteral(literal);
    }

    @Override
    public void append(ConsumerRecord<byte[], byte[]> message, StringBuilder text) {
        for (RecordFormat part : parts) {
            part.append(message, text);
        }
    }

    private void addLiteral(StringBuilder literal) {
        if (!literal.isEmpty()) {
            String fixed = literal.toString();
            parts.add((message, text) -> text.append(fixed));
            literal.setLength(0);
        }
    }

    private RecordFormat field(char code) {
        return switch (code) {
            case 'k' -> (message, text) -> text.append(decoded(message.key()));
            case 'v' -> (message, text) -> text.append(decoded(message.value()));
            case 'h' -> this::appendHeaders;
            case 't' -> (message, text) -> text.append(message.topic());
            case 'p' -> (message, text) -> text.append(message.partition());
            case 'o' -> (message, text) -> text.append(message.offset());
            case 'T' -> (message, text) -> text.append(message.timestamp());
            case 'd' -> (message, text) -> text.append(Instant.ofEpochMilli(message.timestamp()));
            default -> throw new CommandFailure("%" + code + " is no field of a message; there are " + FIELDS);
        };
    }

    private void appendHeaders(ConsumerRecord<byte[], byte[]> message, StringBuilder text) {
        String separator = "";
        for (Header header : message.headers()) {
            text.append(separator).append(header.key()).append('=').append(decoded(header.value()));
            separator = ",";
        }
    }

    private String decoded(byte @Nullable [] bytes) {
        return bytes == null ? nullText : new String(bytes, StandardCharsets.UTF_8);
    }

    private static char escaped(char code) {
        return switch (code) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case '0' -> '\0';
            default -> code;
        };
    }
}
