package io.sluice.cluster;

/**
 * One step of an incremental change of settings.
 *
 * @param name the setting
 * @param value the new value, or the items (comma separated) to add or take away; ignored by {@link Kind#DELETE}
 */
public record ConfigEdit(Kind kind, String name, String value) {
    public enum Kind {
        SET,
        /** Back to what holds without it. */
        DELETE,
        /** Adds to a list setting what it does not hold yet. */
        APPEND,
        /** Takes from a list setting. */
        SUBTRACT
    }

    public static ConfigEdit set(String name, String value) {
        return new ConfigEdit(Kind.SET, name, value);
    }

    public static ConfigEdit delete(String name) {
        return new ConfigEdit(Kind.DELETE, name, "");
    }
}
