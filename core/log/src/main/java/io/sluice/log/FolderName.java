package io.sluice.log;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/**
 * The name of a partition's folder: {@code <escaped topic>-<partition>.<topic id as 32 hex digits>}.
 *
 * <p>The topic's name is there for people. Letters, digits, underscore, hyphen and, but for the first place, the dot stand
 * for themselves, any other byte of its UTF-8 form is {@code %XX}; so a name never leaves its data folder. A long one is
 * cut, which a final {@code ~} shows. What counts is the id.
 */
final class FolderName {
    /** Keeps the whole name, with {@code .deleted}, within the 255 bytes that file systems allow. */
    private static final int TOPIC_BYTES = 180;

    private static final char CUT = '~';
    private static final int ID_DIGITS = 32;
    private static final String HEX = "0123456789ABCDEF";

    private FolderName() {}

    static String of(LogId id) {
        return escape(id.topic()) + "-" + id.partition() + "."
                + hex(id.topicId().getMostSignificantBits()) + hex(id.topicId().getLeastSignificantBits());
    }

    /** The log that a folder belongs to; empty when the name is not a partition's. */
    static Optional<LogId> parse(String name) {
        int dot = name.lastIndexOf('.');
        int hyphen = dot < 0 ? -1 : name.lastIndexOf('-', dot);
        if (hyphen < 0 || name.length() - dot - 1 != ID_DIGITS || dot - hyphen < 2 || dot - hyphen > 11) {
            return Optional.empty();
        }
        try {
            long most = Long.parseUnsignedLong(name, dot + 1, dot + 17, 16);
            long least = Long.parseUnsignedLong(name, dot + 17, dot + 33, 16);
            int partition = Integer.parseUnsignedInt(name, hyphen + 1, dot, 10);
            return Optional.of(new LogId(new UUID(most, least), unescape(name.substring(0, hyphen)), partition));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private static String escape(String topic) {
        StringBuilder out = new StringBuilder(topic.length());
        for (byte b : topic.getBytes(StandardCharsets.UTF_8)) {
            int before = out.length();
            char c = (char) (b & 0xFF);
            if (isPlain(c) && (c != '.' || before > 0)) {
                out.append(c);
            } else {
                out.append('%').append(HEX.charAt(c >>> 4)).append(HEX.charAt(c & 0xF));
            }
            if (out.length() > TOPIC_BYTES) {
                out.setLength(before);
                return out.append(CUT).toString();
            }
        }
        return out.toString();
    }

    private static boolean isPlain(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.';
    }

    private static String unescape(String escaped) {
        byte[] bytes = new byte[escaped.length()];
        int length = 0;
        for (int i = 0; i < escaped.length(); i++) {
            char c = escaped.charAt(i);
            if (c == '%') {
                bytes[length++] = (byte) Integer.parseUnsignedInt(escaped, i + 1, i + 3, 16);
                i += 2;
            } else {
                bytes[length++] = (byte) c;
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static String hex(long bits) {
        String digits = Long.toHexString(bits);
        return "0".repeat(16 - digits.length()) + digits;
    }
}
