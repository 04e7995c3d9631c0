package io.sluice.cli;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Turns a message into the text that {@code consume} prints, line end included. */
interface RecordFormat {
    /** Appends the text of one message. */
    void append(ConsumerRecord<byte[], byte[]> message, StringBuilder text);

    /** The format that {@code --format} names: {@code text}, {@code json}, or a template. */
    static RecordFormat named(String name, String nullText) {
        return switch (name) {
            case "text" -> new TemplateFormat("%v\\n", nullText);
            case "json" -> new JsonFormat();
            default -> new TemplateFormat(name.endsWith("\\n") ? name : name + "\\n", nullText);
        };
    }
}
