package io.sluice.cluster;

import java.util.Optional;

/**
 * Which names a topic may have. These are the rules of Kafka, whose clients and tools count on them; a front end for a
 * protocol that allows more will bring rules of its own, since nothing below the controller depends on them.
 */
public final class TopicNames {
    /** Letters that a name may have at most. */
    public static final int MAX_LENGTH = 249;

    /** Where the offsets of groups are kept. */
    public static final String GROUP_OFFSETS = "__consumer_offsets";

    private TopicNames() {}

    /** What is wrong with {@code name}, if anything. */
    public static Optional<String> complaint(String name) {
        if (name.isEmpty()) {
            return Optional.of("Topic name is empty; give it a name of letters, digits, '.', '_' and '-'");
        }
        if (name.equals(".") || name.equals("..")) {
            return Optional.of("Topic name '" + name + "' is not allowed, as it means a folder; choose another");
        }
        if (name.length() > MAX_LENGTH) {
            return Optional.of("Topic name '" + name.substring(0, 32) + "...' has " + name.length()
                    + " characters; the most is " + MAX_LENGTH);
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isLegal(name.charAt(i))) {
                return Optional.of("Topic name '" + name + "' has an illegal character at position " + i
                        + "; letters and digits of ASCII, '.', '_' and '-' are allowed");
            }
        }
        return Optional.empty();
    }

    /** Names with equal keys collide where '.' becomes '_', as in names of metrics. */
    static String collisionKey(String name) {
        return name.replace('.', '_');
    }

    /** Whether the name can be one of two that collide. */
    static boolean canCollide(String name) {
        return name.indexOf('.') >= 0 || name.indexOf('_') >= 0;
    }

    private static boolean isLegal(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }
}
