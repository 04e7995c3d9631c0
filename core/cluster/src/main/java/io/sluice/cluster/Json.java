package io.sluice.cluster;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Just enough JSON for the nodes of the coordination store: objects, arrays, strings and whole numbers. The nodes stay
 * readable with any ZooKeeper shell, and start-up does not pay for a JSON library.
 */
final class Json {
    private static final int MAX_DEPTH = 16;

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /** A {@link Map}, {@link List}, {@link String} or {@link Long}. */
    static Object parse(byte[] bytes) {
        Json json = new Json(new String(bytes, StandardCharsets.UTF_8));
        Object value = json.value(0);
        json.skipBlanks();
        if (json.at != json.text.length()) {
            throw json.malformed("something follows the value");
        }
        return value;
    }

    static void quote(StringBuilder target, String value) {
        target.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                target.append('\\').append(c);
            } else if (c < 0x20) {
                target.append(String.format("\\u%04x", (int) c));
            } else {
                target.append(c);
            }
        }
        target.append('"');
    }

    static void numbers(StringBuilder target, BrokerIds ids) {
        target.append('[');
        for (int i = 0; i < ids.size(); i++) {
            target.append(i == 0 ? "" : ",").append(ids.at(i));
        }
        target.append(']');
    }

    static void strings(StringBuilder target, Map<String, String> map) {
        target.append('{');
        String separator = "";
        for (Map.Entry<String, String> entry : new java.util.TreeMap<>(map).entrySet()) {
            target.append(separator);
            quote(target, entry.getKey());
            target.append(':');
            quote(target, entry.getValue());
            separator = ",";
        }
        target.append('}');
    }

    private Object value(int depth) {
        if (depth > MAX_DEPTH) {
            throw malformed("nested too deep");
        }
        skipBlanks();
        char c = peek();
        return switch (c) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            default -> number();
        };
    }

    private Map<String, Object> object(int depth) {
        Map<String, Object> map = new LinkedHashMap<>();
        expect('{');
        skipBlanks();
        if (peek() == '}') {
            at++;
            return map;
        }
        while (true) {
            skipBlanks();
            String key = string();
            skipBlanks();
            expect(':');
            map.put(key, value(depth + 1));
            skipBlanks();
            if (peek() != ',') {
                expect('}');
                return map;
            }
            at++;
        }
    }

    private List<Object> array(int depth) {
        List<Object> list = new ArrayList<>();
        expect('[');
        skipBlanks();
        if (peek() == ']') {
            at++;
            return list;
        }
        while (true) {
            list.add(value(depth + 1));
            skipBlanks();
            if (peek() != ',') {
                expect(']');
                return list;
            }
            at++;
        }
    }

    private String string() {
        expect('"');
        StringBuilder result = new StringBuilder();
        while (peek() != '"') {
            char c = text.charAt(at++);
            result.append(c == '\\' ? escaped() : c);
        }
        at++;
        return result.toString();
    }

    private char escaped() {
        char c = peek();
        at++;
        if (c == 'u') {
            if (at + 4 > text.length()) {
                throw malformed("cut off");
            }
            at += 4;
            try {
                return (char) Integer.parseInt(text.substring(at - 4, at), 16);
            } catch (NumberFormatException e) {
                throw malformed("bad escape");
            }
        }
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            default -> throw malformed("bad escape");
        };
    }

    private Long number() {
        int from = at;
        while (at < text.length() && (text.charAt(at) == '-' || Character.isDigit(text.charAt(at)))) {
            at++;
        }
        try {
            return Long.valueOf(text.substring(from, at));
        } catch (NumberFormatException e) {
            throw malformed("not a whole number");
        }
    }

    private void skipBlanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private char peek() {
        if (at >= text.length()) {
            throw malformed("cut off");
        }
        return text.charAt(at);
    }

    private void expect(char c) {
        if (peek() != c) {
            throw malformed("'" + c + "' expected");
        }
        at++;
    }

    private IllegalArgumentException malformed(String why) {
        return new IllegalArgumentException("malformed JSON at character " + at + ": " + why);
    }
}
