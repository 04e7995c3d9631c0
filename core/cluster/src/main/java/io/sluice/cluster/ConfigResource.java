package io.sluice.cluster;

/**
 * Something that carries settings which can be altered at run time.
 *
 * @param name the topic's or group's name, or the broker's id; empty for the default of all brokers
 */
public record ConfigResource(Type type, String name) implements Comparable<ConfigResource> {
    public enum Type {
        TOPIC,
        BROKER,
        GROUP
    }

    /** The settings that all brokers of the cluster share. */
    public static final ConfigResource CLUSTER_DEFAULT = new ConfigResource(Type.BROKER, "");

    public static ConfigResource topic(String name) {
        return new ConfigResource(Type.TOPIC, name);
    }

    public static ConfigResource broker(int id) {
        return new ConfigResource(Type.BROKER, Integer.toString(id));
    }

    public static ConfigResource group(String name) {
        return new ConfigResource(Type.GROUP, name);
    }

    public boolean isClusterDefault() {
        return equals(CLUSTER_DEFAULT);
    }

    @Override
    public int compareTo(ConfigResource other) {
        int byType = type.compareTo(other.type);
        return byType != 0 ? byType : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return switch (type) {
            case TOPIC -> "topic " + name;
            case BROKER -> name.isEmpty() ? "all brokers" : "broker " + name;
            case GROUP -> "group " + name;
        };
    }
}
